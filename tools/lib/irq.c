// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpulist.h"
#include "irq.h"

static const char usual[][FM_IRQ_PATTERN] = {
	"{ifname}-TxRx-{queue}",
	"{ifname}-rx-{queue}",
	"{ifname}-{queue}",
	"{device}-input.{queue}",
};

/* What stands for the names in braces. */
struct names {
	const char *ifname;
	char device[NAME_MAX + 1];
	char bus[NAME_MAX + 1];
};

static void base_name(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t n = strlen(base);

	if (n >= size)
		n = size - 1;
	memcpy(name, base, n);
	name[n] = '\0';
}

/* virtio devices hang below their PCI device, others are it. */
static void find_names(const struct fm_irq_source *source, struct names *names)
{
	char path[PATH_MAX], real[PATH_MAX];
	char *slash;

	memset(names, 0, sizeof(*names));
	names->ifname = source->ifname;
	snprintf(path, sizeof(path), "%s/sys/class/net/%s/device",
		 source->root, source->ifname);
	if (!realpath(path, real))
		return;
	base_name(real, names->device, sizeof(names->device));
	if (!strncmp(names->device, "virtio", 6)) {
		slash = strrchr(real, '/');
		*slash = '\0';
	}
	base_name(real, names->bus, sizeof(names->bus));
}

static void expand(const char *pattern, const struct names *names,
		   uint32_t queue, char *name, size_t size)
{
	char number[16];
	const struct {
		const char *word;
		const char *value;
	} words[] = {
		{ "{ifname}", names->ifname },
		{ "{device}", names->device },
		{ "{bus}", names->bus },
		{ "{queue}", number },
	};
	size_t n = 0, i;

	snprintf(number, sizeof(number), "%u", queue);
	while (*pattern && n + 1 < size) {
		for (i = 0; i < 4; i++)
			if (!strncmp(pattern, words[i].word,
				     strlen(words[i].word)))
				break;
		if (i == 4) {
			name[n++] = *pattern++;
			continue;
		}
		n += snprintf(name + n, size - n, "%s", words[i].value);
		pattern += strlen(words[i].word);
	}
	name[n < size ? n : size - 1] = '\0';
}

/* "  24:   0   0  PCI-MSI 1-edge   eth0-TxRx-0": number and last word. */
static bool parse_line(char *line, int *irq, const char **name)
{
	char *end, *last;
	long n = strtol(line, &end, 10);

	if (end == line || *end != ':' || n < 0 || n > INT_MAX)
		return false;
	end[strcspn(end, "\n")] = '\0';
	last = strrchr(end, ' ');
	*irq = (int)n;
	*name = last ? last + 1 : "";
	return true;
}

static void match_line(const struct fm_irq_source *source,
		       const struct names *names, int irq, const char *line,
		       struct fm_irq_queue *map, uint32_t queues)
{
	char name[NAME_MAX + 1];
	uint32_t queue;
	size_t i;

	for (i = 0; i < source->npatterns; i++) {
		for (queue = 0; queue < queues; queue++) {
			expand(source->patterns[i], names, queue, name,
			       sizeof(name));
			if (map[queue].irq < 0 && !strcmp(name, line))
				map[queue].irq = irq;
		}
	}
}

static int find_irqs(const struct fm_irq_source *source,
		     struct fm_irq_queue *map, uint32_t queues)
{
	char path[PATH_MAX], *line = NULL;
	struct names names;
	const char *name;
	size_t size = 0;
	FILE *file;
	int irq;

	snprintf(path, sizeof(path), "%s/proc/interrupts", source->root);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	find_names(source, &names);
	while (getline(&line, &size, file) > 0)
		if (parse_line(line, &irq, &name))
			match_line(source, &names, irq, name, map, queues);
	free(line);
	fclose(file);
	return 0;
}

static bool read_cpus(const char *root, int irq, const char *name,
		      struct fm_cpulist *list)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/irq/%d/%s", root, irq, name);
	return !fm_cpulist_read(path, list) && list->n;
}

/*
 * An interrupt that was told to move does so when it fires next; until then the
 * effective CPU is one that it may not use any more.
 */
static bool affinity(const char *root, int irq, uint32_t *cpu)
{
	struct fm_cpulist *now = malloc(sizeof(*now));
	struct fm_cpulist *may = malloc(sizeof(*may));
	bool has_now = false, has_may = false;

	if (now && may) {
		has_now = read_cpus(root, irq, "effective_affinity_list", now);
		has_may = read_cpus(root, irq, "smp_affinity_list", may);
	}
	if (has_may && !(has_now && fm_cpulist_contains(may, now->cpus[0])))
		*cpu = may->cpus[0];
	else if (has_now)
		*cpu = now->cpus[0];
	free(now);
	free(may);
	return has_now || has_may;
}

/**
 * fm_irq_map - find the CPU of every queue
 * @source: where to look
 * @map: gets @queues rows
 * @queues: receive queues of the device, at least 1
 *
 * A queue without an interrupt of its own is taken to be served by the CPU of
 * its number, counted over the CPUs online.
 *
 * Return: 0 or a negative errno.
 */
int fm_irq_map(const struct fm_irq_source *source, struct fm_irq_queue *map,
	       uint32_t queues)
{
	struct fm_irq_source with = *source;
	struct fm_cpulist *online = malloc(sizeof(*online));
	uint32_t i;
	int ret;

	if (!online)
		return -ENOMEM;
	if (!with.npatterns) {
		with.patterns = usual;
		with.npatterns = sizeof(usual) / sizeof(usual[0]);
	}
	ret = fm_cpulist_online(source->root, online);
	for (i = 0; i < queues; i++)
		map[i] = (struct fm_irq_queue){ .irq = -1, .guessed = true };
	if (!ret)
		ret = find_irqs(&with, map, queues);
	for (i = 0; !ret && i < queues; i++) {
		map[i].guessed = map[i].irq < 0 ||
				 !affinity(source->root, map[i].irq,
					   &map[i].cpu);
		if (map[i].guessed)
			map[i].cpu = online->cpus[i % online->n];
	}
	free(online);
	return ret;
}

static FILE *open_affinity(const char *root, int irq, const char *mode)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/irq/%d/smp_affinity_list", root,
		 irq);
	return fopen(path, mode);
}

/**
 * fm_irq_affinity_read - which CPUs may serve an interrupt?
 * @root: "" or a directory with a proc/ of its own
 * @irq: the interrupt
 * @cpus: gets the list as the kernel writes it
 *
 * Return: 0 or a negative errno, -E2BIG if the list is too long to be kept.
 */
int fm_irq_affinity_read(const char *root, int irq, char cpus[FM_IRQ_CPUS])
{
	FILE *file = open_affinity(root, irq, "re");
	bool read;

	if (!file)
		return -errno;
	read = fgets(cpus, FM_IRQ_CPUS, file);
	fclose(file);
	if (!read)
		return -EIO;
	if (!strchr(cpus, '\n'))
		return -E2BIG;
	cpus[strcspn(cpus, "\n")] = '\0';
	return 0;
}

/**
 * fm_irq_affinity_write - say which CPUs may serve an interrupt
 * @root: "" or a directory with a proc/ of its own
 * @irq: the interrupt
 * @cpus: the list
 *
 * Return: 0 or a negative errno, -EIO if the kernel assigns this one itself.
 */
int fm_irq_affinity_write(const char *root, int irq, const char *cpus)
{
	FILE *file = open_affinity(root, irq, "r+e");
	int ret = 0;

	if (!file)
		return -errno;
	setvbuf(file, NULL, _IONBF, 0);
	if (fputs(cpus, file) < 0)
		ret = -errno;
	if (fclose(file) && !ret)
		ret = -errno;
	return ret;
}

static bool mask_set(const char *path)
{
	char mask[512];
	FILE *file = fopen(path, "re");
	bool set;

	if (!file)
		return false;
	set = fgets(mask, sizeof(mask), file) &&
	      mask[strspn(mask, "0,\n")] != '\0';
	fclose(file);
	return set;
}

/**
 * fm_irq_rps - does the kernel spread the device's packets once more
 * @root: "" or a directory with a sys/ of its own
 * @ifname: the device
 *
 * Return: true if RPS is on for one of its queues.
 */
bool fm_irq_rps(const char *root, const char *ifname)
{
	char path[PATH_MAX], file[PATH_MAX + NAME_MAX + 16];
	struct dirent *entry;
	bool on = false;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/class/net/%s/queues", root,
		 ifname);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!on && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "rx-", 3))
			continue;
		snprintf(file, sizeof(file), "%s/%s/rps_cpus", path,
			 entry->d_name);
		on = mask_set(file);
	}
	closedir(dir);
	return on;
}
