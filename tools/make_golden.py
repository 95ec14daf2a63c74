#!/usr/bin/python3
"""Writes tests/golden/golden.json: the forecaster's mathematics in PyTorch double precision.

An independent reference for the C++ code: the forward pass is written with plain torch operations, every
gradient comes from autograd. Nothing here calls or reads the C++ code. Layout: tests/golden/README.md.

    /usr/bin/python3 tools/make_golden.py [OUTPUT]

Letters: B batch, L look-back, H horizon, C context width, N neurons, K latent dimensions, S draws,
M components, Q head width, W width of the moving average.
"""
import json
import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

SEED = 20260218
LAYER_NORM_EPS = 1e-5
SIGMA_MIN, SIGMA_MAX = 1e-4, 10.0
SCALE_FLOOR, SCALE_CAP = 0.01, 50.0
OBJECTIVES = ["tempered_joint", "marginal", "joint", "mixed", "elbo"]

REFERENCE = dict(B=3, L=12, H=5, C=6, N=5, K=1, S=3, M=1, Q=7, W=5, pair=True, sigma="per_unit", pooling="sum_sqrtk",
                 deterministic=False, scale="per_step", weights="uniform", objective="tempered_joint", dropout=0.25,
                 local_decoder=False, local_decoder_weight=0.0)
DEFAULT = dict(REFERENCE, B=4, M=3, pair=False, sigma="per_unit_input", scale="per_input", weights="per_draw",
               objective="mixed")


# The priors. `prior` = standard (the configurations above, which do not name it), ar1 or hierarchical.
AR1 = dict(pair=True, prior="ar1", ar_form="mean", ar_weight=0.6, phi=0.8, learn_phi=False, band_target=0.05)
HIERARCHICAL = dict(prior="hierarchical", G=3)


# ---- drawing inputs and parameters: few decimals, so that the text holds them exactly and stays short ----

def normal(rng, shape, std=1.0, mean=0.0):
    return torch.from_numpy(np.round(mean + std * rng.standard_normal(shape), 4))


def uniform(rng, shape, low, high):
    return torch.from_numpy(np.round(rng.uniform(low, high, shape), 4))


def draw_inputs(rng, c):
    B, L, H, N, K, S, Q = (c[k] for k in "BLHNKSQ")
    x = {"x_cur": normal(rng, (B, L))}
    if c["pair"]:
        x["x_prev"] = normal(rng, (B, L))
    x["target"] = normal(rng, (B, H))
    x["observed"] = torch.ones(B, H, dtype=torch.float64)
    x["eps"] = normal(rng, (B, S, N * K))
    x["dropout_mask"] = draw_mask(rng, c)
    x["beta"] = uniform(rng, (N,), 0.02, 0.2)
    x["offset"] = torch.zeros(B, H, dtype=torch.float64)
    x["factor"] = torch.ones(B, dtype=torch.float64)
    return x


def draw_prior_inputs(rng, c, x):
    B, N, K, S = (c[k] for k in "BNKS")
    if c.get("ar_form") == "draws":
        x["earlier_eps"] = normal(rng, (B, S, N * K))
    if c["prior"] == "hierarchical":
        x["macro_eps"] = normal(rng, (B, c["G"]))


def draw_prior_parameters(rng, c, p):
    C, N, K = (c[k] for k in "CNK")
    if c["prior"] == "ar1" and c["learn_phi"]:
        p["neuron.phi"] = uniform(rng, (N,), -1.5, 1.5)
    if c["prior"] == "hierarchical":
        G = c["G"]
        for name, rows, columns, spread, bias in [("macro.mu", G, C, 0.4, 0.0), ("macro.sigma", G, C, 0.2, -0.7),
                                                  ("prior_mean", N * K, G, 0.5, 0.1),
                                                  ("prior_deviation", N * K, G, 0.3, -0.1)]:
            p["neuron." + name + ".weight"] = normal(rng, (rows, columns), spread)
            p["neuron." + name + ".bias"] = normal(rng, (rows,), 0.2, bias)


def draw_mask(rng, c):
    keep = torch.from_numpy((rng.uniform(size=(c["B"] * c["S"], c["Q"])) >= c["dropout"]).astype(np.float64))
    return keep / (1.0 - c["dropout"])


def draw_parameters(rng, c):
    L, H, C, N, K, M, Q = (c[k] for k in "LHCNKMQ")
    p = {}

    def linear(name, rows, columns):
        p[name + ".weight"] = normal(rng, (rows, columns), 1.0 / math.sqrt(columns))
        p[name + ".bias"] = normal(rng, (rows,), 0.3)

    def norm(name, width):
        p[name + ".gain"] = normal(rng, (width,), 0.2, 1.0)
        p[name + ".bias"] = normal(rng, (width,), 0.2)

    linear("encoder.seasonal", C, L)
    linear("encoder.trend", C, L)
    linear("encoder.persist", C, C)
    if c["pair"]:
        linear("encoder.innovation", C, C)
        linear("encoder.gate", C, 3 * C)
    norm("encoder.norm", C)
    linear("neuron.mu", N * K, C)
    if c["sigma"] == "scalar":
        p["neuron.log_sigma"] = normal(rng, (1,), 0.2, math.log(0.5))
    elif c["sigma"] == "per_unit":
        p["neuron.log_sigma"] = normal(rng, (N * K,), 0.2, math.log(0.5))
    else:
        p["neuron.sigma.weight"] = normal(rng, (N * K, C), 0.2)
        p["neuron.sigma.bias"] = normal(rng, (N * K,), 0.2, math.log(0.5))
    if c["local_decoder"]:
        p["neuron.decoder.weight"] = normal(rng, (N * K, C), 0.4)
        p["neuron.decoder.bias"] = normal(rng, (N, C), 0.3)
    norm("head.norm", N)
    linear("head.hidden", Q, N)
    linear("head.base", M * H, N)
    linear("head.delta", M * H, Q)
    linear("head.gate", M * H, Q)
    linear("head.score", M, Q)
    if c["scale"] == "per_step":
        p["head.rho"] = normal(rng, (M * H,), 0.3, -1.0)
    else:
        linear("head.rho", M * H, Q)
    return p


# ---- the network ----

def split(x, W):
    """Seasonal rest and trend: centred moving average, replicate padding, (W-1)//2 left and W//2 right."""
    padded = F.pad(x.unsqueeze(1), ((W - 1) // 2, W // 2), mode="replicate")
    trend = F.avg_pool1d(padded, kernel_size=W, stride=1).squeeze(1)
    return x - trend, trend


def encode(c, p, x):
    def linear(name, v):
        return F.linear(v, p["encoder." + name + ".weight"], p["encoder." + name + ".bias"])

    def project(window):
        seasonal, trend = split(window, c["W"])
        return linear("seasonal", seasonal) + linear("trend", trend)

    current = project(x["x_cur"])
    if c["pair"]:
        previous = project(x["x_prev"])
        change = current - previous
        gate = torch.sigmoid(linear("gate", torch.cat([current, previous, change], dim=1)))
        a = linear("persist", 0.5 * (current + previous)) + gate * linear("innovation", change)
    else:
        a = linear("persist", current)
    return F.layer_norm(F.gelu(a), (c["C"],), p["encoder.norm.gain"], p["encoder.norm.bias"], LAYER_NORM_EPS)


def deviation(log_sigma):
    return torch.exp(torch.clamp(log_sigma, math.log(SIGMA_MIN), math.log(SIGMA_MAX)))


def posterior(c, p, context):
    mu = F.linear(context, p["neuron.mu.weight"], p["neuron.mu.bias"])
    if c["sigma"] == "per_unit_input":
        log_sigma = F.linear(context, p["neuron.sigma.weight"], p["neuron.sigma.bias"])
    else:
        log_sigma = p["neuron.log_sigma"].expand(c["B"], c["N"] * c["K"])
    return mu, deviation(log_sigma)


def gaussian(mu, sigma):
    return torch.distributions.Normal(mu, sigma)


def ar1(c, p, x, mu, sigma, z):
    """The KL per neuron and dimension, and the penalty, unweighted. tau follows from the bands (all alike here)."""
    target = c["band_target"]
    tau = min(max(0.8 * math.sqrt(math.sqrt(0.8 * target * 1.6 * target)), 0.03), 1.0)
    phi = torch.tanh(p["neuron.phi"]) if c["learn_phi"] else torch.full((c["N"],), c["phi"], dtype=torch.float64)
    phi = phi.repeat_interleave(c["K"])
    earlier_mu, earlier_sigma = posterior(c, p, encode(c, p, dict(x_cur=x["x_prev"], x_prev=x["x_prev"])))
    if c["ar_form"] == "kl":
        prior = gaussian(phi * earlier_mu, torch.sqrt(phi ** 2 * earlier_sigma ** 2 + tau ** 2))
        return torch.distributions.kl_divergence(gaussian(mu, sigma), prior), torch.zeros((), dtype=torch.float64)
    now, earlier = mu, earlier_mu
    if c["ar_form"] == "draws":
        now = z.mean(1)
        earlier = (earlier_mu.unsqueeze(1) + earlier_sigma.unsqueeze(1) * x["earlier_eps"]).mean(1)
    kl = torch.distributions.kl_divergence(gaussian(mu, sigma), gaussian(0.0, 1.0))
    return kl, ((now - phi * earlier) ** 2).mean() / (2.0 * tau ** 2)


def hierarchical(c, p, x, context, mu, sigma):
    """The KL per neuron and dimension, and the macro latent's per row."""
    def linear(name, v):
        return F.linear(v, p["neuron." + name + ".weight"], p["neuron." + name + ".bias"])

    macro = gaussian(linear("macro.mu", context), deviation(linear("macro.sigma", context)))
    g = macro.mean + macro.stddev * x["macro_eps"]
    prior = gaussian(linear("prior_mean", g), deviation(linear("prior_deviation", g)))
    return (torch.distributions.kl_divergence(gaussian(mu, sigma), prior),
            torch.distributions.kl_divergence(macro, gaussian(0.0, 1.0)).sum(1))


def forward(c, p, x):
    B, H, N, K, S, M, Q = (c[k] for k in "BHNKSMQ")
    context = encode(c, p, x)
    mu, sigma = posterior(c, p, context)
    if c["deterministic"]:
        z = mu.unsqueeze(1)
        kl = torch.zeros(B, N, dtype=torch.float64)
    else:
        z = mu.unsqueeze(1) + sigma.unsqueeze(1) * x["eps"]
        kl = (0.5 * (mu ** 2 + sigma ** 2 - torch.log(sigma ** 2) - 1.0)).view(B, N, K).sum(2)

    extra = {}  # of a prior that is not standard
    prior_price = 0.0
    if c.get("prior") == "ar1":
        by_dimension, extra["ar"] = ar1(c, p, x, mu, sigma, z)
        kl = by_dimension.view(B, N, K).sum(2)
        prior_price = c["ar_weight"] * extra["ar"]
    if c.get("prior") == "hierarchical":
        by_dimension, extra["macro_kl"] = hierarchical(c, p, x, context, mu, sigma)
        kl = by_dimension.view(B, N, K).sum(2)
        prior_price = x["beta"].mean() * extra["macro_kl"].mean()

    by_neuron = z.reshape(B, S, N, K)
    activity = {"mean": by_neuron.mean(3), "sum": by_neuron.sum(3),
                "sum_sqrtk": by_neuron.sum(3) / math.sqrt(K)}[c["pooling"]]

    recon = torch.zeros((), dtype=torch.float64)
    if c["local_decoder"]:
        decoder = p["neuron.decoder.weight"].view(N, K, c["C"])
        decoded = torch.einsum("bsik,ikc->bsic", by_neuron, decoder) + p["neuron.decoder.bias"]
        recon = ((context.detach().view(B, 1, 1, c["C"]) - decoded) ** 2).mean()

    def linear(name, v):
        return F.linear(v, p["head." + name + ".weight"], p["head." + name + ".bias"])

    a = activity.reshape(B * S, N) / math.sqrt(N)
    q = F.layer_norm(a, (N,), p["head.norm.gain"], p["head.norm.bias"], LAYER_NORM_EPS)
    q = x["dropout_mask"] * F.gelu(linear("hidden", q))
    out = (linear("base", a) + torch.sigmoid(linear("gate", q)) * linear("delta", q)).view(B, S, M, H)
    rho = p["head.rho"].expand(B * S, M * H) if c["scale"] == "per_step" else linear("rho", q)
    rho = rho.view(B, S, M, H)

    factor = x["factor"].view(B, 1, 1, 1)
    mean = x["offset"].view(B, 1, 1, H) + factor * out
    scale = torch.clamp(factor * F.softplus(rho) + SCALE_FLOOR, max=SCALE_CAP)

    if c["weights"] == "uniform":
        log_weight = torch.full((B, S, M), -math.log(S * M), dtype=torch.float64)
    else:
        score = linear("score", q).view(B, S, M)
        if c["weights"] == "per_draw":
            log_weight = F.log_softmax(score, dim=2) - math.log(S)
        else:
            log_weight = F.log_softmax(score.view(B, S * M), dim=1).view(B, S, M)

    nll = objective(c, x, mean, scale, log_weight)
    total = nll.mean() + (x["beta"] * kl.mean(0)).sum() + c["local_decoder_weight"] * recon
    if extra:
        total = total + prior_price
    return dict(context=context, mu=mu, sigma=sigma, z=z, kl=kl, out=out, mean=mean, scale=scale,
                log_weight=log_weight, nll=nll, recon=recon, total=total, **extra)


def objective(c, x, mean, scale, log_weight):
    """One number per row; a row without any observed step gives 0."""
    observed = x["observed"]
    y = x["target"].view(c["B"], 1, 1, c["H"])
    log_density = -0.5 * math.log(2.0 * math.pi) - torch.log(scale) - 0.5 * ((y - mean) / scale) ** 2  # [B,S,M,H]
    mask = observed.view(c["B"], 1, 1, c["H"])
    count = observed.sum(1)
    divisor = torch.clamp(count, min=1.0)
    summed = (mask * log_density).sum(3)  # over the observed steps

    def marginal():
        mixture = torch.logsumexp(log_weight.unsqueeze(3) + log_density, dim=(1, 2))
        return -(observed * mixture).sum(1) / divisor

    def joint():
        return -torch.logsumexp(log_weight + summed, dim=(1, 2)) / divisor

    name = c["objective"]
    if name == "marginal":
        nll = marginal()
    elif name == "joint":
        nll = joint()
    elif name == "mixed":
        nll = 0.5 * marginal() + 0.5 * joint()
    elif name == "tempered_joint":
        nll = -torch.logsumexp(log_weight + summed / divisor.view(-1, 1, 1), dim=(1, 2))
    elif name == "elbo":
        per_draw = torch.logsumexp(math.log(c["S"]) + log_weight.unsqueeze(3) + log_density, dim=2)  # [B,S,H]
        nll = -((observed.unsqueeze(1) * per_draw).sum(2) / divisor.view(-1, 1)).mean(1)
    else:
        raise ValueError(name)
    return torch.where(count > 0, nll, torch.zeros_like(nll))


def leaves(parameters):
    return {k: v.clone().requires_grad_(True) for k, v in parameters.items()}


def gradients(p):
    """A parameter that the objective does not reach has a gradient of zeros."""
    return {k: torch.zeros_like(v) if v.grad is None else v.grad for k, v in p.items()}


# ---- cases ----

def run_case(name, config, inputs, parameters, base=None, own_inputs=None):
    """With a base, only own_inputs (what replaces the base's) are stored, and no parameters."""
    p = leaves(parameters)
    o = forward(config, p, inputs)
    o["total"].backward()
    return dict(name=name, base=base or "", config=config,
                inputs=inputs if base is None else (own_inputs or {}),
                parameters=parameters if base is None else {},
                outputs={k: v.detach() for k, v in o.items()}, gradients=gradients(p))


def run_adamw(name, case, config, inputs, parameters, weight_decay, steps=5):
    p = leaves(parameters)
    optimizer = torch.optim.AdamW(list(p.values()), lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=weight_decay)
    max_norm, totals, norms = None, [], []
    for _ in range(steps):
        for v in p.values():  # zeros, not None: every parameter is updated, the unreached ones too
            v.grad = torch.zeros_like(v)
        total = forward(config, p, inputs)["total"]
        total.backward()
        if max_norm is None:
            norm = math.sqrt(sum(float((v.grad ** 2).sum()) for v in p.values()))
            max_norm = round(0.5 * norm, 3)
        norms.append(float(torch.nn.utils.clip_grad_norm_(list(p.values()), max_norm)))
        totals.append(float(total))
        optimizer.step()
    assert all(n > max_norm for n in norms), "the clip must act at every step"
    return dict(name=name, case=case, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=weight_decay,
                max_norm=max_norm, steps=steps, total=totals, gradient_norm=norms,
                parameters={k: v.detach() for k, v in p.items()})


def build():
    rng = np.random.Generator(np.random.PCG64(SEED))
    cases = []

    # 1-5: the reference network under each objective.
    ref_inputs, ref_parameters = draw_inputs(rng, REFERENCE), draw_parameters(rng, REFERENCE)
    for name in OBJECTIVES:
        cases.append(run_case("reference_" + name, dict(REFERENCE, objective=name), ref_inputs, ref_parameters,
                              base="reference"))

    def own(name, prepare=None, **changes):
        c = dict(REFERENCE, **changes)
        x, p = draw_inputs(rng, c), draw_parameters(rng, c)
        if prepare:
            prepare(c, x, p)
        cases.append(run_case(name, c, x, p))

    own("k2_sum_sqrtk_per_unit_input_marginal", K=2, sigma="per_unit_input", objective="marginal")
    own("k3_mean_scalar_elbo_m2_even_width", K=3, pooling="mean", sigma="scalar", objective="elbo", M=2, W=4,
        pair=False, dropout=0.0)
    own("k2_sum_local_decoder_joint", K=2, pooling="sum", objective="joint", local_decoder=True,
        local_decoder_weight=0.3)

    # 9-12: like the forecaster users get. Row 2 has no observed step, rows 0 and 3 lack some.
    x, p = draw_inputs(rng, DEFAULT), draw_parameters(rng, DEFAULT)
    x["offset"] = normal(rng, (DEFAULT["B"], DEFAULT["H"]))
    x["factor"] = uniform(rng, (DEFAULT["B"],), 0.5, 2.0)
    for b, h in [(0, 1), (0, 4), (3, 0), (3, 1), (3, 2)] + [(2, h) for h in range(DEFAULT["H"])]:
        x["observed"][b, h] = 0.0
    def_inputs, def_parameters = x, p
    cases.append(run_case("default_mixed", DEFAULT, x, p, base="default"))
    cases.append(run_case("default_score_tempered_joint", dict(DEFAULT, weights="score", objective="tempered_joint"),
                          x, p, base="default"))
    twin = dict(DEFAULT, deterministic=True, S=1)
    replaced = {"eps": torch.zeros(DEFAULT["B"], 0, DEFAULT["N"] * DEFAULT["K"], dtype=torch.float64),
                "dropout_mask": draw_mask(rng, twin)}
    cases.append(run_case("default_deterministic_twin", twin, dict(x, **replaced), p, base="default",
                          own_inputs=replaced))
    cases.append(run_case("default_elbo", dict(DEFAULT, objective="elbo"), x, p, base="default"))

    # 13-14: log sigma outside its clamp, on both sides: no gradient there.
    def outside(c, x, p):
        p["neuron.log_sigma"][0], p["neuron.log_sigma"][2] = -10.5, 3.1

    def outside_input(c, x, p):
        p["neuron.sigma.bias"][1], p["neuron.sigma.bias"][6] = -14.0, 6.0

    own("sigma_clamp_per_unit", outside, objective="marginal")
    own("sigma_clamp_per_unit_input", outside_input, K=2, sigma="per_unit_input", pooling="mean",
        objective="tempered_joint")

    # 15: a predictive scale at its cap for some (draw, component, step) of row 1, under input-dependent scale.
    def capped(c, x, p):
        x["offset"] = normal(rng, (c["B"], c["H"]))
        x["factor"] = torch.tensor([0.75, 80.0, 1.5], dtype=torch.float64)

    own("scale_cap_per_input", capped, M=2, pair=False, scale="per_input", weights="per_draw", objective="mixed",
        sigma="per_unit_input", W=4)

    # 16 on: the priors.
    def prior_case(name, base, **changes):
        c = dict(DEFAULT, B=3, L=8, H=3, C=5, N=4, S=2, M=1, Q=4, **dict(base, **changes))
        x, p = draw_inputs(rng, c), draw_parameters(rng, c)
        draw_prior_inputs(rng, c, x)
        draw_prior_parameters(rng, c, p)
        cases.append(run_case(name, c, x, p))

    prior_case("ar1_mean", AR1)
    prior_case("ar1_mean_k2_learned_phi", AR1, K=2, learn_phi=True)
    prior_case("ar1_draws", AR1, ar_form="draws", learn_phi=True)
    prior_case("ar1_draws_k2_per_unit", AR1, ar_form="draws", K=2, sigma="per_unit")
    prior_case("ar1_kl_scalar", AR1, ar_form="kl", sigma="scalar", band_target=0.4)
    prior_case("ar1_kl_k2_learned_phi", AR1, ar_form="kl", K=2, learn_phi=True, band_target=0.4)
    prior_case("hierarchical", HIERARCHICAL)
    prior_case("hierarchical_k2_pair_local_decoder", HIERARCHICAL, K=2, pair=True, pooling="mean", local_decoder=True,
               local_decoder_weight=0.3)

    # What the special cases are for, checked.
    by_name = {k["name"]: k for k in cases}
    for name, parameter, units in [("sigma_clamp_per_unit", "neuron.log_sigma", [0, 2]),
                                   ("sigma_clamp_per_unit_input", "neuron.sigma.bias", [1, 6])]:
        g = by_name[name]["gradients"][parameter]
        assert [i for i in range(len(g)) if g[i] == 0] == units
    at_cap = by_name["scale_cap_per_input"]["outputs"]["scale"] == SCALE_CAP
    assert at_cap[1].any() and not at_cap[1].all() and not at_cap[0].any() and not at_cap[2].any()

    adamw = [run_adamw("adamw_no_decay", "reference_tempered_joint", REFERENCE, ref_inputs, ref_parameters, 0.0),
             run_adamw("adamw_decay", "reference_tempered_joint", REFERENCE, ref_inputs, ref_parameters, 0.1)]
    return dict(
        format="golden", version=1, seed=SEED,
        constants=dict(layer_norm_eps=LAYER_NORM_EPS, sigma_min=SIGMA_MIN, sigma_max=SIGMA_MAX,
                       scale_floor=SCALE_FLOOR, scale_cap=SCALE_CAP),
        base=dict(reference=dict(inputs=ref_inputs, parameters=ref_parameters),
                  default=dict(inputs=def_inputs, parameters=def_parameters)),
        cases=cases, adamw=adamw)


# ---- text: one line per tensor and per configuration ----

def plain(value):
    """Tensors become {"shape", "data"}; numbers keep Python's repr, the shortest text that reads back exactly."""
    if not isinstance(value, torch.Tensor):
        return value
    data = [v + 0.0 for v in value.contiguous().view(-1).tolist()]  # + 0.0 turns -0.0 into 0.0
    assert all(map(math.isfinite, data))
    return data[0] if value.dim() == 0 else {"shape": list(value.shape), "data": data}


def text(value, indent=0, key=None):
    pad = " " * indent
    if isinstance(value, dict) and value and key not in ("config", "constants"):
        return "{\n" + ",\n".join(f"{pad} {json.dumps(k)}:{text(v, indent + 1, k)}" for k, v in value.items()) + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(pad + " " + text(v, indent + 1) for v in value) + "]"
    return json.dumps(plain(value), separators=(",", ":"), allow_nan=False)


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    default_path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "golden", "golden.json")
    path = sys.argv[1] if len(sys.argv) > 1 else default_path
    with open(path, "w", encoding="ascii", newline="\n") as file:
        file.write(text(build()) + "\n")


if __name__ == "__main__":
    main()
