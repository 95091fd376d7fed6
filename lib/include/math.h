/* lib/include/math.h: functions of floating-point numbers. Each file lib/math_*.c states its error bounds. (lab 3)
 * Domain errors give NaN and EDOM, results too large or too small infinity or what is left of them, and ERANGE.
 */
#ifndef LIB_MATH_H
#define LIB_MATH_H

#define HUGE_VAL __builtin_huge_val()
#define HUGE_VALF __builtin_huge_valf()
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")

#define FP_NAN 0
#define FP_INFINITE 1
#define FP_ZERO 2
#define FP_SUBNORMAL 3
#define FP_NORMAL 4
#define fpclassify(x) __builtin_fpclassify(FP_NAN, FP_INFINITE, FP_NORMAL, FP_SUBNORMAL, FP_ZERO, x)
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf(x)
#define isfinite(x) __builtin_isfinite(x)
#define isnormal(x) __builtin_isnormal(x)
#define signbit(x) __builtin_signbit(x)
#define isgreater(a, b) __builtin_isgreater(a, b)
#define isgreaterequal(a, b) __builtin_isgreaterequal(a, b)
#define isless(a, b) __builtin_isless(a, b)
#define islessequal(a, b) __builtin_islessequal(a, b)
#define isunordered(a, b) __builtin_isunordered(a, b)

#define M_E 2.7182818284590452354
#define M_LOG2E 1.4426950408889634074
#define M_LOG10E 0.43429448190325182765
#define M_LN2 0.69314718055994530942
#define M_LN10 2.30258509299404568402
#define M_PI 3.14159265358979323846
#define M_PI_2 1.57079632679489661923
#define M_PI_4 0.78539816339744830962
#define M_1_PI 0.31830988618379067154
#define M_2_PI 0.63661977236758134308
#define M_SQRT2 1.41421356237309504880
#define M_SQRT1_2 0.70710678118654752440

/* One and two arguments, double and float. */
#define MATH_ONE(name) double name(double x); float name##f(float x);
#define MATH_TWO(name) double name(double x, double y); float name##f(float x, float y);
MATH_ONE(fabs) MATH_ONE(floor) MATH_ONE(ceil) MATH_ONE(trunc) MATH_ONE(round) MATH_ONE(rint)
MATH_ONE(sqrt) MATH_ONE(cbrt) MATH_ONE(exp) MATH_ONE(exp2) MATH_ONE(expm1)
MATH_ONE(log) MATH_ONE(log2) MATH_ONE(log10) MATH_ONE(log1p)
MATH_ONE(sin) MATH_ONE(cos) MATH_ONE(tan) MATH_ONE(asin) MATH_ONE(acos) MATH_ONE(atan)
MATH_ONE(sinh) MATH_ONE(cosh) MATH_ONE(tanh)
MATH_TWO(atan2) MATH_TWO(pow) MATH_TWO(fmod) MATH_TWO(hypot) MATH_TWO(fmin) MATH_TWO(fmax) MATH_TWO(copysign)
#undef MATH_ONE
#undef MATH_TWO

double frexp(double x, int *exponent); /* x = the result * 2^exponent */
float frexpf(float x, int *exponent);
double ldexp(double x, int n);         /* x * 2^n */
float ldexpf(float x, int n);
double scalbn(double x, int n);
double scalbln(double x, long n);
double modf(double x, double *whole);
double logb(double x);
int ilogb(double x);
double nextafter(double x, double to);
double fdim(double x, double y);
double nearbyint(double x);
double nan(const char *tag);
long lround(double x), lrint(double x), lroundf(float x), lrintf(float x);
long long llround(double x), llrint(double x);

#endif
