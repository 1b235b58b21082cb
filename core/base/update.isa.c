/* SPDX-License-Identifier: MIT
 *
 * update.isa.c - the optimizers' inner loops of vec.h, for one instruction set.
 *
 * Each rule is one sequence of roundings per parameter; where it says vr_fma there is one rounding.
 */
#include "core/base/kernels.h"
#include "core/base/simd.h"

/* What all rules read: g' = fma(decay, w, grad_scale g). */
INLINE VR effective_gradient(const VecUpdate *u, size_t i, size_t live, VR w) {
    VR g = vr_set(u->grad_scale) * vr_load_first(u->g + i, live);
    return vr_fma(vr_set(u->decay), w, g);
}

#define RULE(name, body)                                        \
    static void name(const VecUpdate *u)                        \
    {                                                           \
        const VR rate = vr_set(u->rate), mu = vr_set(u->momentum); \
        const VR b2 = vr_set(u->beta2), eps = vr_set(u->epsilon);  \
        (void)mu, (void)b2, (void)eps;                          \
        EACH_VECTOR(i, live, u->n)                              \
        {                                                       \
            VR w = vr_load_first(u->w + i, live);               \
            VR g = effective_gradient(u, i, live, w);           \
            body;                                               \
            vr_store_first(u->w + i, w, live);                  \
        }                                                       \
    }
#define FIRST vr_load_first(u->first + i, live)
#define SECOND vr_load_first(u->second + i, live)
#define KEEP_FIRST(v) vr_store_first(u->first + i, v, live)
#define KEEP_SECOND(v) vr_store_first(u->second + i, v, live)

RULE(sgd, { w = vr_fma(-rate, g, w); }) /* descended() of descend.h, to the bit */

RULE(momentum, {
    VR v = vr_fma(mu, FIRST, g);
    KEEP_FIRST(v);
    w = vr_fma(-rate, v, w);
})

RULE(nesterov, {
    VR v = vr_fma(mu, FIRST, g);
    KEEP_FIRST(v);
    w = vr_fma(-rate, vr_fma(mu, v, g), w);
})

RULE(velocity, {
    VR v = vr_fma(mu, FIRST, rate * g);
    KEEP_FIRST(v);
    w = w - v;
})

RULE(velocity_nesterov, {
    VR old = FIRST;
    VR v = vr_fma(mu, old, rate * g);
    KEEP_FIRST(v);
    w = w - vr_fma(vr_set(1) + mu, v, -(mu * old));
})

RULE(adagrad, {
    VR s = vr_fma(g, g, SECOND);
    KEEP_SECOND(s);
    w = w - rate * g / (vr_sqrt(s) + eps);
})

RULE(rmsprop, {
    VR s = vr_fma(b2, SECOND, (vr_set(1) - b2) * (g * g));
    KEEP_SECOND(s);
    w = w - rate * g / (vr_sqrt(s) + eps);
})

RULE(adam, {
    VR m = vr_fma(mu, FIRST, (vr_set(1) - mu) * g);
    VR s = vr_fma(b2, SECOND, (vr_set(1) - b2) * (g * g));
    KEEP_FIRST(m);
    KEEP_SECOND(s);
    w = w - rate * m / (vr_sqrt(s) + eps);
})

RULE(adadelta, {
    VR rest = vr_set(1) - mu;
    VR s = vr_fma(mu, SECOND, rest * (g * g));
    VR x = FIRST;
    VR d = g * vr_sqrt((x + eps) / (s + eps));
    KEEP_SECOND(s);
    KEEP_FIRST(vr_fma(mu, x, rest * (d * d)));
    w = vr_fma(-rate, d, w);
})

const UpdateKernels VARIANT(update_kernels) = {
    .sgd = sgd,
    .momentum = momentum,
    .nesterov = nesterov,
    .velocity = velocity,
    .velocity_nesterov = velocity_nesterov,
    .adagrad = adagrad,
    .rmsprop = rmsprop,
    .adam = adam,
    .adadelta = adadelta,
};
