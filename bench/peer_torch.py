#!/usr/bin/python3
"""Times a training step of the reference network (docs/method.md) written in PyTorch: the peer of `vdn bench step`.

Same mathematics, sizes and optimiser: pair encoder, one Gaussian posterior a neuron, S reparameterised draws, head,
tempered-joint likelihood, KL, gradient norm clipped at 1, AdamW. Inputs lie ready in memory, which spares the peer the
gathering of windows. Prints one JSON object with the better of one and two threads.

    bench/peer_torch.py [--lookback 336] [--horizon 96] [--width 256] [--neurons 1024] [--draws 4] [--batch 256]
                        [--runs 30]

Needs Debian's python3-torch; with libopenblas0-pthread its products use two threads.
"""
import argparse
import json
import math
import re
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


class Reference(nn.Module):
    def __init__(self, a):
        super().__init__()
        L, C, N, H, Q = a.lookback, a.width, a.neurons, a.horizon, 256
        self.draws, self.average = a.draws, nn.AvgPool1d(25, 1)
        self.seasonal, self.trend = nn.Linear(L, C), nn.Linear(L, C)
        self.persist, self.innovation, self.gate = nn.Linear(C, C), nn.Linear(C, C), nn.Linear(3 * C, C)
        self.context_norm, self.mu = nn.LayerNorm(C), nn.Linear(C, N)
        self.log_sigma = nn.Parameter(torch.full((N,), math.log(0.5)))
        self.norm, self.base, self.hidden = nn.LayerNorm(N), nn.Linear(N, H), nn.Linear(N, Q)
        self.delta, self.delta_gate = nn.Linear(Q, H), nn.Linear(Q, H)
        self.rho, self.dropout = nn.Parameter(torch.full((H,), -1.0)), nn.Dropout(0.05)

    def project(self, x):
        trend = self.average(F.pad(x.unsqueeze(1), (12, 12), mode="replicate")).squeeze(1)
        return self.seasonal(x - trend) + self.trend(trend)

    def forward(self, current, previous, target):
        h_cur, h_prev = self.project(current), self.project(previous)
        gate = torch.sigmoid(self.gate(torch.cat([h_cur, h_prev, h_cur - h_prev], -1)))
        stable = self.persist(0.5 * (h_cur + h_prev))
        context = self.context_norm(F.gelu(stable + gate * self.innovation(h_cur - h_prev)))
        mu, log_sigma = self.mu(context), self.log_sigma.clamp(math.log(1e-4), math.log(10))
        sigma = log_sigma.exp()
        kl = 0.5 * (mu**2 + sigma**2 - 2 * log_sigma - 1)
        z = mu.unsqueeze(1) + sigma * torch.randn(mu.shape[0], self.draws, mu.shape[1])
        a = z / math.sqrt(mu.shape[1])
        q = self.dropout(F.gelu(self.hidden(self.norm(a))))
        mean = self.base(a) + torch.sigmoid(self.delta_gate(q)) * self.delta(q)
        scale = (F.softplus(self.rho) + 0.01).clamp(max=50)
        residual = (target.unsqueeze(1) - mean) / scale
        log_density = -0.5 * residual**2 - scale.log() - 0.5 * math.log(2 * math.pi)
        nll = math.log(self.draws) - torch.logsumexp(log_density.mean(-1), 1)
        return nll.mean() + 6e-4 * kl.sum(-1).mean()


def time_steps(a, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = Reference(a)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.0)
    current, previous = torch.randn(a.batch, a.lookback), torch.randn(a.batch, a.lookback)
    target = torch.randn(a.batch, a.horizon)
    times = []
    for run in range(5 + a.runs):
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        model(current, previous, target).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if run >= 5:
            times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def blas():
    with open("/proc/self/maps") as maps:
        return sorted(set(re.findall(r"\S*/lib\S*blas\S*", maps.read())))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in [("lookback", 336), ("horizon", 96), ("width", 256), ("neurons", 1024), ("draws", 4),
                        ("batch", 256), ("runs", 30)]:
        parser.add_argument("--" + name, type=int, default=value)
    a = parser.parse_args()
    median = {threads: time_steps(a, threads) for threads in (1, 2)}
    best = min(median, key=median.get)
    print(json.dumps({"peer": "PyTorch " + torch.__version__, "blas": blas(), "threads": best,
                      "median_ms": median[best], "median_ms_by_threads": median}))


if __name__ == "__main__":
    main()
