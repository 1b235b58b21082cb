/* SPDX-License-Identifier: MIT */
#include "core/learn/plateau.h"

#include <math.h>

bool plateau_check(const Plateau *p, Error *err) {
    if (!(p->base >= 0 && isfinite(p->base)))
        return error_set(err, "plateau: the base rate must be finite and not negative, not %g",
                         p->base);
    if (!(p->factor > 0 && p->factor < 1))
        return error_set(err, "plateau: the factor must be between 0 and 1, not %g", p->factor);
    if (!(p->threshold >= 0 && isfinite(p->threshold)))
        return error_set(err, "plateau: the threshold must not be negative, it is %g",
                         p->threshold);
    if (!p->absolute && !p->maximise && p->threshold >= 1)
        return error_set(err, "plateau: a threshold of %g of the best loss cannot be passed",
                         p->threshold);
    if (!(p->floor >= 0 && p->floor <= p->base))
        return error_set(err, "plateau: the floor must be between 0 and base (%g), not %g", p->base,
                         p->floor);
    if (!(p->least >= 0))
        return error_set(err, "plateau: least must not be negative, it is %g", p->least);
    return true;
}

void plateau_start(Plateau *p) {
    p->rate = p->base;
    p->best = p->maximise ? -INFINITY : INFINITY;
    p->bad = p->cooling = 0;
}

/* nan is never better, so a diverged run reduces its rate */
static bool better(const Plateau *p, double metric) {
    double slack = p->absolute ? p->threshold : 0;
    double scale = p->absolute ? 1 : p->maximise ? 1 + p->threshold : 1 - p->threshold;
    return p->maximise ? metric > p->best * scale + slack : metric < p->best * scale - slack;
}

double plateau_step(Plateau *p, double metric) {
    if (better(p, metric)) {
        p->best = metric;
        p->bad = 0;
    } else {
        p->bad++;
    }
    if (p->cooling > 0) {
        p->cooling--;
        p->bad = 0;
    }
    if (p->bad > p->patience) {
        double reduced = fmax(p->rate * p->factor, p->floor);
        if (p->rate - reduced > p->least)
            p->rate = reduced;
        p->cooling = p->cooldown;
        p->bad = 0;
    }
    return p->rate;
}
