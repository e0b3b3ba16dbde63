// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Click configurations: what is read, what packets reach, what the plan is,
 * and that nothing else in the text changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clickplan.h"

static struct fm_clickrule rule;
static struct fm_nic_cap nic;
static bool use_nic;
static char error[320];

static int find(void *arg, const char *class, struct fm_click_feature *feature)
{
	const struct fm_click_feature *f = fm_clickrule_find(&rule, class);

	(void)arg;
	if (f)
		*feature = *f;
	return f != NULL;
}

static void note(const struct fm_click_error *e)
{
	if (e->line)
		snprintf(error, sizeof(error), "%u:%u: %s", e->line, e->col,
			 e->text);
	else
		snprintf(error, sizeof(error), "%s", e->text);
}

/* The text with its plan, to be freed; NULL: error says why. */
static char *solve(const char *text)
{
	struct fm_clickplan plan = {
		.rule = &rule, .find = find, .cores = 16,
		.nic = use_nic ? &nic : NULL,
	};
	struct fm_click click;
	char *new = NULL;
	size_t len;

	if (fm_click_parse(&click, text, strlen(text))) {
		note(&click.error);
		fm_click_cleanup(&click);
		return NULL;
	}
	plan.click = &click;
	if (fm_clickplan_make(&plan))
		note(&plan.error);
	else
		new = fm_click_edits_apply(&click, &plan.edits, &len);
	fm_clickplan_cleanup(&plan);
	fm_click_cleanup(&click);
	return new;
}

static void expect(const char *text, const char *wanted)
{
	char *new = solve(text), *again;

	if (!new)
		fail_msg("%s: %s", text, error);
	assert_string_equal(new, wanted);
	again = solve(new);
	assert_non_null(again);
	assert_string_equal(again, new);
	free(again);
	free(new);
}

static void expect_same(const char *text)
{
	expect(text, text);
}

static void expect_error(const char *text, const char *wanted)
{
	char *new = solve(text);

	if (new)
		fail_msg("\"%s\" was read", text);
	assert_string_equal(error, wanted);
}

/* ---- the published chain */

static void test_published(void **state)
{
	(void)state;
	expect("FromDPDKDevice(0) -> psd :: IPortScanDetector(SIZE 9)"
	       " -> IPolicer -> FlowCounter() -> Discard;",
	       "FromDPDKDevice(0, HASHFUNC src_ip)"
	       " -> psd :: IPortScanDetector(SIZE 9, SHARED false)"
	       " -> IPolicer(SHARED true) -> FlowCounter(SHARED false)"
	       " -> Discard;");
	expect("FromDPDKDevice(0) -> IPolicer -> FlowCounter -> Discard;",
	       "FromDPDKDevice(0, HASHFUNC dst_ip) -> IPolicer(SHARED false)"
	       " -> FlowCounter(SHARED false) -> Discard;");
}

static void test_arguments(void **state)
{
	(void)state;
	expect("d :: FromDPDKDevice(0, HASH_FUNC FLOW, N 2);"
	       "d -> FlowCounter(SHARED 1 /* , */, A \"SHARED 3\") -> Discard",
	       "d :: FromDPDKDevice(0, HASH_FUNC src_ip dst_ip src_port dst_port"
	       ", N 2);d -> FlowCounter(SHARED false /* , */, A \"SHARED 3\")"
	       " -> Discard");
	expect("d :: FromDPDKDevice( // x)\n 0 // y, z)\n);"
	       "d -> IPolicer(/* nothing */) -> IPolicer(A (1, 2), SHARED);",
	       "d :: FromDPDKDevice( // x)\n 0, HASHFUNC dst_ip // y, z)\n);"
	       "d -> IPolicer(SHARED false/* nothing */)"
	       " -> IPolicer(A (1, 2), SHARED false);");
	expect_same("FromDPDKDevice(0, HASHFUNC dst_ip) -> IPolicer(SHARED 0)");
	expect_same("FromDPDKDevice(HASHFUNC dst_ip) -> IPolicer(SHARED no)");
}

/* ---- what the packets of a device reach */

static void test_paths(void **state)
{
	(void)state;
	expect_same("Idle -> IPolicer -> Discard; FromDPDKDevice -> Discard");
	expect("FromDPDKDevice -> c :: Classifier(1, -) -> IPolicer;"
	       "c[1] -> ISourceCounter -> Discard; Idle -> IPolicer",
	       "FromDPDKDevice(HASHFUNC src_ip) -> c :: Classifier(1, -)"
	       " -> IPolicer(SHARED true);"
	       "c[1] -> ISourceCounter(SHARED false) -> Discard;"
	       " Idle -> IPolicer");
	/* Two devices with nothing in common have plans of their own. */
	expect("FromDPDKDevice(0) -> IPolicer; FromDPDKDevice(1) ->"
	       " ISourceCounter",
	       "FromDPDKDevice(0, HASHFUNC dst_ip) -> IPolicer(SHARED false);"
	       " FromDPDKDevice(1, HASHFUNC src_ip) ->"
	       " ISourceCounter(SHARED false)");
	/* With one in common they have one. */
	expect("p :: IPolicer; FromDPDKDevice(0) -> p; FromDPDKDevice(1) -> p",
	       "p :: IPolicer(SHARED false); FromDPDKDevice(0, HASHFUNC dst_ip)"
	       " -> p; FromDPDKDevice(1, HASHFUNC dst_ip) -> p");
}

static void test_rewritten(void **state)
{
	(void)state;
	expect("FromDPDKDevice -> FlowIPLoadBalancer -> IPolicer"
	       " -> ISourceCounter",
	       "FromDPDKDevice(HASHFUNC src_ip)"
	       " -> FlowIPLoadBalancer(SHARED false) -> IPolicer(SHARED true)"
	       " -> ISourceCounter(SHARED false)");
	expect("FromDPDKDevice -> IPRewriter(drop) -> IPolicer",
	       "FromDPDKDevice -> IPRewriter(drop) -> IPolicer(SHARED true)");
}

static void test_compound(void **state)
{
	(void)state;
	expect("elementclass In { $d | FromDPDKDevice($d) -> output }"
	       "elementclass Pol IPolicer;"
	       "In(0) -> x :: { -> Pol(1) -> } -> Discard;"
	       "Idle -> { input -> ISourceCounter -> output } -> Discard;",
	       "elementclass In { $d | FromDPDKDevice($d, HASHFUNC dst_ip)"
	       " -> output }elementclass Pol IPolicer;"
	       "In(0) -> x :: { -> Pol(1, SHARED false) -> } -> Discard;"
	       "Idle -> { input -> ISourceCounter -> output } -> Discard;");
	/* Each use of a class is a way of its own. */
	expect("elementclass C { input -> Null -> output }"
	       "FromDPDKDevice(0) -> C -> IPolicer;"
	       "Idle -> C -> ISourceCounter;",
	       "elementclass C { input -> Null -> output }"
	       "FromDPDKDevice(0, HASHFUNC dst_ip) -> C ->"
	       " IPolicer(SHARED false);Idle -> C -> ISourceCounter;");
	/* A name of an outer class, extended and overloaded. */
	expect("elementclass A { input -> IPolicer -> output }"
	       "elementclass A { $x | input -> Null -> output || ... }"
	       "FromDPDKDevice -> A -> Discard",
	       "elementclass A { input -> IPolicer(SHARED false) -> output }"
	       "elementclass A { $x | input -> Null -> output || ... }"
	       "FromDPDKDevice(HASHFUNC dst_ip) -> A -> Discard");
}

static void test_groups(void **state)
{
	(void)state;
	expect("FromDPDKDevice -> c :: Switch => ( [0] -> IPolicer -> [0];"
	       "[1] -> Null -> [1] ) => Discard, Discard;",
	       "FromDPDKDevice(HASHFUNC dst_ip) -> c :: Switch =>"
	       " ( [0] -> IPolicer(SHARED false) -> [0];"
	       "[1] -> Null -> [1] ) => Discard, Discard;");
	/* "=>" goes port by port. */
	expect("a :: FromDPDKDevice; b :: Idle; a, b => IPolicer, IPolicer;",
	       "a :: FromDPDKDevice(HASHFUNC dst_ip); b :: Idle; a, b =>"
	       " IPolicer(SHARED false), IPolicer;");
	/* Declared together, they have one configuration. */
	expect("a, b :: IPolicer(1); FromDPDKDevice -> b -> Discard",
	       "a, b :: IPolicer(1, SHARED false);"
	       " FromDPDKDevice(HASHFUNC dst_ip) -> b -> Discard");
}

/* ---- the language */

static void test_grammar(void **state)
{
	static const char *const texts[] = {
		"", " \r\n\t;;", "// c", "/* ** */", "#line 3 \"a\"\n# 4\n",
		"require(package x, library \"y)\"); provide(z);",
		"define($a 1, $b 'x)y', $c \"\\\")\")", "a::B;a->a", "A -> B C",
		"a :: B(x(y(z)), \\<0a /* > */ 0b>) [1] -> [2] C(); C[] -> []D",
		"Idle [0, 2-3] => [0-2] Switch; Idle [1 -] -> Null;",
		"{ $a, K $b, __REST__ $r | input -> output } -> Idle",
		"elementclass X { a/b :: Y; a/b -> output } x@1 :: X;",
		"i :: Idle ~> Null ~key> Null;",
		"(Idle -> output; Idle -> [1] output) => Null, Null;",
		"a, b, c :: Null; a -> b -> c ,; ",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		expect_same(texts[i]);
}

static void test_errors(void **state)
{
	(void)state;
	expect_error("a ::\n  ;", "2:3: a class behind \"::\" was expected, not \";\"");
	expect_error("a -> ", "1:6: an element was expected, not the end of the file");
	expect_error("x(\n'\xc3\xa9', \"y)", "2:6: this string has no quote at its end");
	expect_error("x((a)", "1:2: this \"(\" is never closed");
	expect_error("x {", "1:3: this \"{\" is never closed");
	expect_error("x -> /* y", "1:6: this comment has no \"*/\" at its end");
	expect_error("a [x] -> b", "1:4: a port from 0 to 4096 was expected, not \"x\"");
	expect_error("a :: B; a :: C", "1:9: there is an element \"a\" already");
	expect_error("a :: B; a(1) -> C",
		     "1:10: the element was declared before, its configuration stands there");
	expect_error("a, b -> c, d",
		     "1:9: several ports are connected with several by \"=>\", not by \"->\"");
	expect_error("a ~b c", "1:3: \"~\" begins an arrow such as \"~>\" or \"~context>\"");
	expect_error("x :: { ... }",
		     "1:8: \"...\" extends a class by the same name, but this one has no name");
	expect_error("}", "1:1: an element or a statement was expected, not \"}\"");
	expect_error("a \x01", "1:3: \"->\" or \";\" was expected, not the byte 0x01");
}

static char *repeat(const char *text, unsigned int n)
{
	size_t len = strlen(text);
	char *all = malloc(n * len + 1);
	unsigned int i;

	assert_non_null(all);
	for (i = 0; i < n; i++)
		memcpy(all + i * len, text, len);
	all[n * len] = '\0';
	return all;
}

static void test_limits(void **state)
{
	char *text, tower[2048] = "elementclass A0 { input -> output }\n";
	size_t n = strlen(tower);
	int i;

	(void)state;
	text = repeat("(", FM_CLICK_DEPTH_MAX + 1);
	expect_error(text, "1:65: elements may stand in 64 levels of brackets at most");
	free(text);
	text = repeat("a;", FM_CLICK_ELEMENTS_MAX + 1);
	assert_null(solve(text));
	assert_non_null(strstr(error, "a configuration may have 8192 elements at most"));
	free(text);
	text = repeat(" ", FM_CLICK_SIZE_MAX + 1);
	expect_error(text, "1:1: a configuration may have 1048576 bytes at most");
	text[FM_CLICK_SIZE_MAX] = '\0';
	expect_same(text);
	free(text);
	for (i = 1; i < 20; i++)
		n += sprintf(tower + n, "elementclass A%d { input -> A%d -> A%d -> output }\n",
			     i, i - 1, i - 1);
	sprintf(tower + n, "FromDPDKDevice -> A19");
	expect_error(tower, "with its compound elements taken apart the configuration has more than 65536 elements");
	text = repeat("FromDPDKDevice;", FM_CLICK_DEVICES_MAX + 1);
	expect_error(text, "with its compound elements taken apart the configuration has more than 64 devices");
	free(text);
}

/* ---- NICs */

static void test_nic(void **state)
{
	const char *text = "FromDPDKDevice(0) -> ISourceCounter";
	char *new;

	(void)state;
	use_nic = true;
	nic = (struct fm_nic_cap){
		.can_set_key = true, .key_len = 40, .indir_size = 128,
		.accepts = { FM_ACCEPT(3) | FM_ACCEPT(15), FM_ACCEPT(3) },
	};
	new = solve(text);
	assert_non_null(new);
	assert_non_null(strstr(new, "HASHFUNC src_ip dst_ip"));
	assert_non_null(strstr(new, ", RSS_KEY "));
	assert_non_null(strstr(new, "ISourceCounter(SHARED false)"));
	free(new);
	/* One that can do nothing is left alone. */
	memset(&nic, 0, sizeof(nic));
	expect(text, "FromDPDKDevice(0) -> ISourceCounter(SHARED true)");
	use_nic = false;
}

static int setup(void **state)
{
	struct fm_jsonc *doc;
	int ret;

	(void)state;
	doc = fm_jsonc_read("rules/nf/fastclick.json");
	if (!doc)
		return -1;
	ret = fm_clickrule_parse(doc, &rule);
	fm_jsonc_print(doc, stderr);
	fm_jsonc_destroy(doc);
	return ret;
}

static int teardown(void **state)
{
	(void)state;
	fm_clickrule_cleanup(&rule);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_rewritten),
		cmocka_unit_test(test_compound),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_grammar),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_nic),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
