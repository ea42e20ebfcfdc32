/*
 * The fused binary cross-entropy with logits as one writes it in C with AVX-512 intrinsics: sum and gradient of float32
 * logits and targets, the sum in float64. It shows how far generated assembly is from what a C compiler makes.
 *
 *     gcc -O3 -march=native -o bce bench/peers/bce_avx512.c -lm && ./bce 0.1
 *
 * prints one run of at least 0.1 seconds in Go's benchmark format. Before that, and after, the sum and every element of
 * the gradient are held to double precision with the C library.
 *
 * Method, with a = |z| and e = exp(-a) in (0, 1]:
 *   exp(-a)    = 2^n exp(r), -a = n log 2 + r; a polynomial of degree 6 in r, |r| <= log(2)/2, relative error 2e-9
 *   log1p(e)   = 2 atanh(s), s = e/(2+e); s times a polynomial of degree 4 in s^2 <= 1/9, error 4e-9
 *   sigma(a)   = 1/(1+e), sigma(-a) = e/(1+e)
 *   value      = (1-y) softplus(z) + y softplus(-z), gradient = (1-y) sigma(z) - y sigma(-z)
 * The polynomials interpolate at the Chebyshev nodes.
 */
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N = 65536, LANES = 16 };

#define SET(x) _mm512_set1_ps(x)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)

/* reciprocal is 1/x to about an ulp: an estimate of 14 bits and one step of Newton's method. */
static inline __m512 reciprocal(__m512 x) {
	__m512 r = _mm512_rcp14_ps(x);
	return FMA(_mm512_fnmadd_ps(x, r, SET(1)), r, r);
}

/* exp_negative is exp(-a) for a >= 0. */
static inline __m512 exp_negative(__m512 a) {
	__m512 n = _mm512_roundscale_ps(_mm512_mul_ps(a, SET(-0x1.715476p+0f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
	__m512 r = _mm512_fnmsub_ps(n, SET(0x1.62e400p-1f), a); /* exact: the factor ends in zeros */
	r = FMA(n, SET(-0x1.7f7d1cp-20f), r);
	__m512 p = SET(0x1.6d7532p-10f);
	p = FMA(p, r, SET(0x1.126fa7p-7f));
	p = FMA(p, r, SET(0x1.5554adp-5f));
	p = FMA(p, r, SET(0x1.555404p-3f));
	p = FMA(p, r, SET(0.5f));
	p = FMA(p, r, SET(1));
	p = FMA(p, r, SET(1));
	return _mm512_scalef_ps(p, n);
}

static double fused(const float *logit, const float *target, float *gradient, size_t n) {
	__m512d low = _mm512_setzero_pd(), high = _mm512_setzero_pd();
	for (size_t i = 0; i < n; i += LANES) {
		__m512 z = _mm512_loadu_ps(logit + i), y = _mm512_loadu_ps(target + i);
		__m512 not_y = _mm512_sub_ps(SET(1), y);
		__m512 e = exp_negative(_mm512_abs_ps(z));

		__m512 s = _mm512_mul_ps(e, reciprocal(_mm512_add_ps(SET(2), e)));
		__m512 t = _mm512_mul_ps(s, s);
		__m512 p = SET(0x1.2055eep-2f);
		p = FMA(p, t, SET(0x1.1e5cfcp-2f));
		p = FMA(p, t, SET(0x1.99da14p-2f));
		p = FMA(p, t, SET(0x1.5554e2p-1f));
		p = FMA(p, t, SET(2));
		__m512 near = _mm512_mul_ps(s, p); /* log1p(e) */
		__m512 up = _mm512_max_ps(z, _mm512_setzero_ps()), down = _mm512_sub_ps(up, z); /* max(z, 0) and max(-z, 0) */
		__m512 value = FMA(not_y, _mm512_add_ps(up, near), _mm512_mul_ps(y, _mm512_add_ps(down, near)));
		low = _mm512_add_pd(low, _mm512_cvtps_pd(_mm512_castps512_ps256(value)));
		high = _mm512_add_pd(high, _mm512_cvtps_pd(_mm512_extractf32x8_ps(value, 1)));

		__m512 sure = reciprocal(_mm512_add_ps(SET(1), e)), unsure = _mm512_mul_ps(e, sure);
		__mmask16 negative = _mm512_movepi32_mask(_mm512_castps_si512(z));
		__m512 sigma = _mm512_mask_blend_ps(negative, sure, unsure), other = _mm512_mask_blend_ps(negative, unsure, sure);
		_mm512_storeu_ps(gradient + i, _mm512_fmsub_ps(not_y, sigma, _mm512_mul_ps(y, other)));
	}
	return _mm512_reduce_add_pd(_mm512_add_pd(low, high));
}

static float logit[N], target[N], gradient[N];

/* uniform is a linear congruential generator with a fixed seed: of high bits that are random enough for data. */
static double uniform(void) {
	static uint64_t state = 1;
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (double)(state >> 11) * 0x1p-53;
}

static void check(double sum) {
	double want = 0;
	for (size_t i = 0; i < N; i++) {
		double z = logit[i], y = target[i], e = exp(-fabs(z));
		double sigma = z < 0 ? e / (1 + e) : 1 / (1 + e), other = z < 0 ? 1 / (1 + e) : e / (1 + e);
		double truth = (1 - y) * sigma - y * other;
		want += (1 - y) * (fmax(z, 0) + log1p(e)) + y * (fmax(-z, 0) + log1p(e));
		/* 8 ulp: the exponential may lose two, reciprocal, product and the rest one each */
		if (!(fabs(gradient[i] - truth) <= 8 * 0x1p-24 * fabs(truth))) {
			fprintf(stderr, "bce_avx512: gradient[%zu] of logit %a is %a, truly %a\n", i, z, gradient[i], truth);
			exit(1);
		}
	}
	if (!(fabs(sum - want) <= 8 * 0x1p-24 * want)) {
		fprintf(stderr, "bce_avx512: sum is %a, truly %a\n", sum, want);
		exit(1);
	}
}

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
	double least = argc > 1 ? atof(argv[1]) : 0.1;
	if (argc > 2 || !(least > 0)) {
		fprintf(stderr, "usage: bce [seconds]\n");
		return 2;
	}
	for (size_t i = 0; i < N; i++) {
		double bell = -6;
		for (int k = 0; k < 12; k++) {
			bell += uniform();
		}
		logit[i] = (float)(3 * bell);
		target[i] = uniform() < 0.5;
	}
	check(fused(logit, target, gradient, N));
	volatile double sink = 0;
	for (long calls = 1;; calls *= 2) {
		memset(gradient, 0xff, sizeof gradient); /* NaN: what is checked is what was timed */
		double begin = now();
		for (long k = 0; k < calls; k++) {
			sink = fused(logit, target, gradient, N);
		}
		double elapsed = now() - begin;
		if (elapsed >= least) {
			check(sink);
			printf("BenchmarkLoss/loss=binary_cross_entropy_with_logits/op=sum_grad/dtype=f32/impl=c/n=%d\t%ld\t%.1f ns/op\t%.5g ns/elem\n", N,
			       calls, 1e9 * elapsed / (double)calls, 1e9 * elapsed / (double)calls / N);
			return 0;
		}
	}
}
