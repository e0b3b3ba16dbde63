// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ethtool.h"

const char *const fm_ethtool_flow_names[FM_ETHTOOL_FLOWS + 1] = {
	[FM_ETHTOOL_TCP4] = "tcp4",
	[FM_ETHTOOL_UDP4] = "udp4",
	[FM_ETHTOOL_SCTP4] = "sctp4",
	[FM_ETHTOOL_TCP6] = "tcp6",
	[FM_ETHTOOL_UDP6] = "udp6",
	[FM_ETHTOOL_SCTP6] = "sctp6",
};

static const uint32_t flow_types[FM_ETHTOOL_FLOWS] = {
	[FM_ETHTOOL_TCP4] = TCP_V4_FLOW,
	[FM_ETHTOOL_UDP4] = UDP_V4_FLOW,
	[FM_ETHTOOL_SCTP4] = SCTP_V4_FLOW,
	[FM_ETHTOOL_TCP6] = TCP_V6_FLOW,
	[FM_ETHTOOL_UDP6] = UDP_V6_FLOW,
	[FM_ETHTOOL_SCTP6] = SCTP_V6_FLOW,
};

static const struct {
	uint32_t field;
	uint64_t raw;
} field_bits[] = {
	{ FM_F_SRC_IP, RXH_IP_SRC },
	{ FM_F_DST_IP, RXH_IP_DST },
	{ FM_F_SRC_PORT, RXH_L4_B_0_1 },
	{ FM_F_DST_PORT, RXH_L4_B_2_3 },
	{ FM_F_PROTOCOL, RXH_L3_PROTO },
};

#define NFIELDS	(sizeof(field_bits) / sizeof(field_bits[0]))

static int request(const struct fm_ethtool *eth, void *data)
{
	struct ifreq ifr = { .ifr_data = data };

	memcpy(ifr.ifr_name, eth->ifname, sizeof(ifr.ifr_name));
	return ioctl(eth->fd, SIOCETHTOOL, &ifr) < 0 ? -errno : 0;
}

/**
 * fm_ethtool_open - prepare to talk about a device
 * @eth: to be set up
 * @ifname: the device, in the network namespace of the caller
 *
 * Return: 0, -ENODEV if there is no such device, or another negative errno.
 */
int fm_ethtool_open(struct fm_ethtool *eth, const char *ifname)
{
	memset(eth, 0, sizeof(*eth));
	eth->fd = -1;
	if (!*ifname || strlen(ifname) >= sizeof(eth->ifname) ||
	    !if_nametoindex(ifname))
		return -ENODEV;
	strcpy(eth->ifname, ifname);
	eth->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return eth->fd < 0 ? -errno : 0;
}

/**
 * fm_ethtool_close - undo fm_ethtool_open(), also a failed one
 * @eth: the device
 */
void fm_ethtool_close(struct fm_ethtool *eth)
{
	if (eth->fd >= 0)
		close(eth->fd);
	eth->fd = -1;
}

/**
 * fm_ethtool_driver_get - who drives the device
 * @eth: the device
 * @driver: gets the names
 *
 * Return: 0 or a negative errno.
 */
int fm_ethtool_driver_get(const struct fm_ethtool *eth,
			  struct fm_ethtool_driver *driver)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	int ret = request(eth, &info);

	memset(driver, 0, sizeof(*driver));
	if (ret)
		return ret;
	memcpy(driver->driver, info.driver, FM_ETHTOOL_TEXT - 1);
	memcpy(driver->version, info.version, FM_ETHTOOL_TEXT - 1);
	memcpy(driver->firmware, info.fw_version, FM_ETHTOOL_TEXT - 1);
	memcpy(driver->bus, info.bus_info, FM_ETHTOOL_TEXT - 1);
	return 0;
}

/**
 * fm_ethtool_queues_get - how many queues receive
 * @eth: the device
 * @queues: gets the number, 1 where the driver does not tell
 *
 * Return: 0 or a negative errno.
 */
int fm_ethtool_queues_get(const struct fm_ethtool *eth, uint32_t *queues)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ethtool_rxnfc rings = { .cmd = ETHTOOL_GRXRINGS };
	int ret = request(eth, &rings);

	*queues = 1;
	if (!ret && rings.data) {
		*queues = (uint32_t)rings.data;
		return 0;
	}
	ret = request(eth, &channels);
	if (ret)
		return ret == -EOPNOTSUPP ? 0 : ret;
	if (channels.combined_count + channels.rx_count)
		*queues = channels.combined_count + channels.rx_count;
	return 0;
}

/**
 * fm_ethtool_fields_get - the fields that are hashed for a flow type
 * @eth: the device
 * @flow: the flow type
 * @raw: gets the RXH_* bits
 *
 * Return: 0 or a negative errno.
 */
int fm_ethtool_fields_get(const struct fm_ethtool *eth,
			  enum fm_ethtool_flow flow, uint64_t *raw)
{
	struct ethtool_rxnfc nfc = {
		.cmd = ETHTOOL_GRXFH,
		.flow_type = flow_types[flow],
	};
	int ret = request(eth, &nfc);

	*raw = ret ? 0 : nfc.data;
	return ret;
}

/**
 * fm_ethtool_fields_set - choose the fields that are hashed for a flow type
 * @eth: the device
 * @flow: the flow type
 * @raw: RXH_* bits
 *
 * Return: 0 or a negative errno.
 */
int fm_ethtool_fields_set(const struct fm_ethtool *eth,
			  enum fm_ethtool_flow flow, uint64_t raw)
{
	struct ethtool_rxnfc nfc = {
		.cmd = ETHTOOL_SRXFH,
		.flow_type = flow_types[flow],
		.data = raw,
	};

	return request(eth, &nfc);
}

static int rss_read(const struct fm_ethtool *eth, struct ethtool_rxfh *sizes,
		    struct fm_ethtool_rss *rss)
{
	size_t indir = sizes->indir_size * sizeof(uint32_t);
	struct ethtool_rxfh *rxfh;
	int ret;

	rxfh = calloc(1, sizeof(*rxfh) + indir + sizes->key_size);
	if (!rxfh)
		return -ENOMEM;
	rxfh->cmd = ETHTOOL_GRSSH;
	rxfh->indir_size = sizes->indir_size;
	rxfh->key_size = sizes->key_size;
	ret = request(eth, rxfh);
	if (!ret) {
		memcpy(rss->indir, rxfh->rss_config, indir);
		memcpy(rss->key, (char *)rxfh->rss_config + indir,
		       sizes->key_size);
		rss->nindir = sizes->indir_size;
		rss->key_len = sizes->key_size;
		rss->hfunc = rxfh->hfunc;
		rss->xfrm = rxfh->rsvd8[0];
	}
	free(rxfh);
	return ret;
}

/**
 * fm_ethtool_rss_get - key, table and hash function of RSS context 0
 * @eth: the device
 * @rss: gets them; all zero where there are none
 *
 * Return: 0, -EOPNOTSUPP without RSS, -E2BIG if the driver's table or key is
 * larger than FM_ETHTOOL_INDIR_MAX or FM_KEY_MAX, or another negative errno.
 */
int fm_ethtool_rss_get(const struct fm_ethtool *eth, struct fm_ethtool_rss *rss)
{
	struct ethtool_rxfh sizes = { .cmd = ETHTOOL_GRSSH };
	int ret = request(eth, &sizes);

	memset(rss, 0, sizeof(*rss));
	if (ret)
		return ret;
	if (!sizes.indir_size && !sizes.key_size)
		return -EOPNOTSUPP;
	if (sizes.indir_size > FM_ETHTOOL_INDIR_MAX ||
	    sizes.key_size > FM_KEY_MAX)
		return -E2BIG;
	return rss_read(eth, &sizes, rss);
}

static int rss_write(const struct fm_ethtool *eth,
		     const struct fm_ethtool_rss *rss, uint32_t indir_size,
		     bool key, bool hfunc)
{
	uint32_t n = indir_size == ETH_RXFH_INDIR_NO_CHANGE ? 0 : indir_size;
	struct ethtool_rxfh *rxfh;
	int ret;

	rxfh = calloc(1, sizeof(*rxfh) + n * sizeof(uint32_t) + rss->key_len);
	if (!rxfh)
		return -ENOMEM;
	rxfh->cmd = ETHTOOL_SRSSH;
	rxfh->indir_size = indir_size;
	rxfh->key_size = key ? rss->key_len : 0;
	rxfh->hfunc = hfunc ? rss->hfunc : 0; /* 0: no change */
	rxfh->rsvd8[0] = rss->xfrm;
	memcpy(rxfh->rss_config, rss->indir, n * sizeof(uint32_t));
	memcpy((uint32_t *)rxfh->rss_config + n, rss->key, rxfh->key_size);
	ret = request(eth, rxfh);
	free(rxfh);
	return ret;
}

/**
 * fm_ethtool_rss_set - change key, table and hash function
 * @eth: the device
 * @rss: what to set, of the sizes that fm_ethtool_rss_get() told
 * @indir: what to do with the table
 * @key: set the key
 * @hfunc: set the hash function
 *
 * One request, but two if the table goes back to its default: kernels do not
 * agree where the key is then.
 *
 * Return: 0 or a negative errno.
 */
int fm_ethtool_rss_set(const struct fm_ethtool *eth,
		       const struct fm_ethtool_rss *rss,
		       enum fm_ethtool_indir indir, bool key, bool hfunc)
{
	int ret = 0;

	if (indir == FM_INDIR_SET)
		return rss_write(eth, rss, rss->nindir, key, hfunc);
	if (key || hfunc || indir == FM_INDIR_KEEP)
		ret = rss_write(eth, rss, ETH_RXFH_INDIR_NO_CHANGE, key, hfunc);
	if (!ret && indir == FM_INDIR_DEFAULT)
		ret = rss_write(eth, rss, 0, false, false);
	return ret;
}

static int flags_get(const struct fm_ethtool *eth, uint32_t *flags)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GFLAGS };
	int ret = request(eth, &value);

	*flags = value.data;
	return ret;
}

/**
 * fm_ethtool_rxhash_get - does the device pass its hash on to the stack
 * @eth: the device
 * @on: gets the answer
 *
 * Return: 0 or a negative errno.
 */
int fm_ethtool_rxhash_get(const struct fm_ethtool *eth, bool *on)
{
	uint32_t flags;
	int ret = flags_get(eth, &flags);

	*on = !ret && (flags & ETH_FLAG_RXHASH);
	return ret;
}

/**
 * fm_ethtool_rxhash_set - make the device pass its hash on, or not
 * @eth: the device
 * @on: pass it on
 *
 * Return: 0, -EOPNOTSUPP if it did not take the setting, or another negative
 * errno.
 */
int fm_ethtool_rxhash_set(const struct fm_ethtool *eth, bool on)
{
	struct ethtool_value value = { .cmd = ETHTOOL_SFLAGS };
	uint32_t flags;
	bool now;
	int ret = flags_get(eth, &flags);

	if (ret)
		return ret;
	value.data = on ? flags | ETH_FLAG_RXHASH : flags & ~ETH_FLAG_RXHASH;
	ret = request(eth, &value);
	if (ret)
		return ret;
	ret = fm_ethtool_rxhash_get(eth, &now);
	return ret ? ret : now == on ? 0 : -EOPNOTSUPP;
}

/**
 * fm_ethtool_indir_is_default - is this the table drivers begin with
 * @rss: with the table
 * @queues: receive queues
 *
 * Return: true if entry i goes to queue i % @queues everywhere.
 */
bool fm_ethtool_indir_is_default(const struct fm_ethtool_rss *rss,
				 uint32_t queues)
{
	uint32_t i;

	for (i = 0; i < rss->nindir; i++)
		if (!queues || rss->indir[i] != i % queues)
			return false;
	return true;
}

/**
 * fm_ethtool_fields_parse - RXH_* bits as a field set
 * @raw: RXH_* bits
 *
 * Return: FM_F_*; bits without a counterpart (VLAN, L2) are left out.
 */
uint32_t fm_ethtool_fields_parse(uint64_t raw)
{
	uint32_t fields = 0;
	size_t i;

	for (i = 0; i < NFIELDS; i++)
		if (raw & field_bits[i].raw)
			fields |= field_bits[i].field;
	return fields;
}

/**
 * fm_ethtool_fields_raw - a field set as RXH_* bits
 * @fields: FM_F_*
 *
 * Return: the bits.
 */
uint64_t fm_ethtool_fields_raw(uint32_t fields)
{
	uint64_t raw = 0;
	size_t i;

	for (i = 0; i < NFIELDS; i++)
		if (fields & field_bits[i].field)
			raw |= field_bits[i].raw;
	return raw;
}
