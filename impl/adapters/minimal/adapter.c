/* A minimal LCP/1 adapter in C: binary cross-entropy with logits and squared error, in double and float.
 *
 * The protocol is described in impl/subject/lcp/PROTOCOL.md. Build and run it with
 *
 *     cc -O2 -o adapter impl/adapters/minimal/adapter.c -lm
 *     lossproof verify -- ./adapter
 *
 * To check a loss of your own, put it in losses[].
 *
 * The JSON reader below reads what the runner writes: no white space, no escapes. It walks the text and stores
 * nothing. Anything else ends the program, which the runner will report.
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the losses ---- */

typedef struct { double value, grad; } result;

static double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }
static double sigmoid(double x) { return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }

/* What has no weight does not count, even when it is infinite. */
static double weighted(double weight, double x) { return weight == 0 ? 0 : weight * x; }

static result binary_cross_entropy_with_logits(double z, double y) {
    if (isnan(z)) /* fmax would lose it */
        return (result){z, z};
    return (result){weighted(y, softplus(-z)) + weighted(1 - y, softplus(z)), (1 - y) * sigmoid(z) - y * sigmoid(-z)};
}

static result squared_error(double x, double y) { return (result){(x - y) * (x - y), 2 * (x - y)}; }

static const struct { const char *name; result (*eval)(double pred, double target); } losses[] = {
    {"binary_cross_entropy_with_logits", binary_cross_entropy_with_logits},
    {"squared_error", squared_error},
};
enum { LOSSES = sizeof losses / sizeof losses[0] };

/* ---- reading ---- */

static void fail(const char *what, const char *at) {
    fprintf(stderr, "adapter: %s at %.40s\n", what, at);
    exit(1);
}

/* A line of any length; NULL at the end of the input. */
static char *read_line(void) {
    size_t size = 1 << 16, n = 0;
    char *line = malloc(size);
    for (int c; line != NULL && (c = getchar()) != EOF; line[n++] = (char)c) {
        if (n + 1 == size && (line = realloc(line, size *= 2)) == NULL)
            break;
        if (c == '\n') {
            line[n] = 0;
            return line;
        }
    }
    if (line == NULL)
        fail("out of memory", "a line");
    free(line);
    return NULL;
}

static const char *expect(const char *at, char c) {
    if (*at != c)
        fail("unexpected text", at);
    return at + 1;
}

/* Behind the value that begins at a place. */
static const char *skip(const char *at) {
    int depth = 0, in_string = 0;
    for (; *at != 0; at++) {
        if (in_string) {
            if (*at == '\\')
                fail("an escape", at);
            if (*at == '"')
                in_string = 0;
        } else if (*at == '"')
            in_string = 1;
        else if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']') {
            if (depth == 0) /* the end of what the value stands in */
                return at;
            depth--;
        } else if (*at == ',' && depth == 0)
            return at;
    }
    if (depth != 0 || in_string)
        fail("the line ends", at);
    return at;
}

/* The value of a field of the object that begins at a place; NULL where there is no such field. */
static const char *field(const char *object, const char *name) {
    const char *at = expect(object, '{');
    size_t n = strlen(name);
    while (*at != '}') {
        const char *key = expect(at, '"');
        const char *end = strchr(key, '"');
        if (end == NULL)
            fail("the line ends", at);
        at = expect(end + 1, ':');
        if ((size_t)(end - key) == n && memcmp(key, name, n) == 0)
            return at;
        at = skip(at);
        if (*at == ',')
            at++;
    }
    return NULL;
}

static const char *need(const char *object, const char *name) {
    const char *at = field(object, name);
    if (at == NULL)
        fail(name, object);
    return at;
}

static int is(const char *value, const char *text) {
    size_t n = strlen(text);
    return value[0] == '"' && strncmp(value + 1, text, n) == 0 && value[n + 1] == '"';
}

/* The next element of an array: *at is behind the [ at first, and 0 is returned at its end. */
static int next(const char **at) {
    if (**at == ',')
        (*at)++;
    return **at != ']';
}

/* ---- numbers ---- */

static int width; /* bits of the dtype: 64 or 32 */

/* The number at a place, of which at is left behind it. */
static double decode(const char **at) {
    char *end;
    const char *digits = expect(*at, '"');
    uint64_t bits = strtoull(digits, &end, 16);
    if (end - digits != width / 4)
        fail("not the bits of a number", *at);
    *at = expect(end, '"');
    if (width == 32) {
        uint32_t half = (uint32_t)bits;
        float x;
        memcpy(&x, &half, sizeof x);
        return x;
    }
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void encode(double x, const char *separator) {
    if (width == 32) {
        float y = (float)x;
        uint32_t bits;
        memcpy(&bits, &y, sizeof bits);
        printf("%s\"%08" PRIx32 "\"", separator, bits);
        return;
    }
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    printf("%s\"%016" PRIx64 "\"", separator, bits);
}

/* Reports whether there is such a dtype here, and makes it the current one. */
static int use_dtype(const char *message) {
    const char *dtype = need(message, "dtype");
    width = is(dtype, "f64") ? 64 : is(dtype, "f32") ? 32 : 0;
    return width != 0;
}

/* ---- the conversation ---- */

static void hello(void) {
    printf("{\"type\":\"hello\",\"protocol\":\"LCP/1\",\"name\":\"minimal adapter in C\",\"version\":\"1\",\"capabilities\":[");
    for (int i = 0; i < LOSSES; i++)
        printf("%s{\"loss\":\"%s\",\"formats\":[\"f64\",\"f32\"],\"outputs\":[\"value\",\"grad\"]}", i > 0 ? "," : "", losses[i].name);
    printf("]}\n");
}

static void echo(const char *message) {
    const char *at = expect(need(message, "bits"), '['), *separator = "";
    printf("{\"type\":\"echo\",\"dtype\":\"f%d\",\"bits\":[", width);
    for (; next(&at); separator = ",")
        encode(decode(&at), separator);
    printf("]}\n");
}

/* All values or all gradients of a case: the numbers are computed anew for each, so that none need be stored. */
static void outputs(int loss, const char *pred, const char *target, int grad) {
    const char *separator = "";
    for (pred = expect(pred, '['), target = expect(target, '['); next(&pred) && next(&target); separator = ",") {
        double x = decode(&pred), y = decode(&target);
        result r = losses[loss].eval(x, y);
        encode(grad ? r.grad : r.value, separator);
    }
}

static void answer(int loss, const char *test) {
    const char *id = need(test, "id"), *in = need(test, "in"), *target = field(in, "target");
    printf("{\"type\":\"answer\",\"id\":%.*s,", (int)(skip(id) - id), id);
    if (loss == LOSSES || width == 0 || target == NULL) {
        printf("\"unsupported\":\"not in this adapter\"}\n");
        return;
    }
    printf("\"value\":[");
    outputs(loss, need(in, "pred"), target, 0);
    printf("],\"grad\":[");
    outputs(loss, need(in, "pred"), target, 1);
    printf("]}\n");
}

int main(void) {
    for (char *line; (line = read_line()) != NULL; free(line)) {
        const char *type = need(line, "type");
        if (is(type, "hello"))
            hello();
        else if (is(type, "echo")) {
            if (use_dtype(line))
                echo(line);
        } else if (is(type, "eval")) {
            int loss = 0;
            while (loss < LOSSES && !is(need(line, "loss"), losses[loss].name))
                loss++;
            use_dtype(line);
            for (const char *at = expect(need(line, "cases"), '['); next(&at); at = skip(at)) {
                answer(loss, at);
                fflush(stdout);
            }
        } else { /* stop */
            free(line);
            break;
        }
        fflush(stdout);
    }
    return 0;
}
