#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""PyTorch, the peer of `make bench`: the same training steps, one thread, on request.

    peers.py MNIST_FILE MNIST_COUNT CIFAR_FILE CIFAR_COUNT

The files hold `count` images (784 bytes; 3 x 32 x 32 bytes), then as many label bytes.  The first
line printed is `ready VERSION...` or `missing REASON`; then every line `run WORKLOAD BATCH FORM
SECONDS` is answered by `SAMPLES CPU_SECONDS LOSS NAME`, until the input ends.

A step is everything an iteration costs: the batch gathered from bytes and converted, forward, loss,
backward, update.  FORM `eager` is what the tutorials write: nn.Module, autograd, optim.SGD, NCHW.
FORM `best` is the fastest of the other forms below, found by trying each of them before the first
window (NAME says which it was).  A form whose losses differ from eager's is refused: it computes
something else.

  channels_last   eager in the channels-last layout, with the `foreach` optimizer; the normalisation
                  by square roots instead of a power
  by_hand         no autograd: the backward pass written out in torch's own operators, updates in
                  place; dense layers keep weights as inputs x outputs
  by_hand_rows    the same with weights as outputs x inputs (PyTorch's own layout)
  by_vector       batch 1: matrix times vector and outer product instead of matrix products
  scripted        by_hand compiled by TorchScript
"""
import os
import sys
import time

# one thread each; read while the libraries are loaded, and a waiting thread costs CPU time too
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

try:
    import numpy as np
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as reason:
    print("missing", reason, flush=True)
    sys.exit(0)

aten = torch.ops.aten


# ---- data: bytes, made into numbers batch by batch ----
class Images:
    """Batches of a set: shuffled (MNIST) or in file order (CIFAR-10, as Caffe reads it)."""

    def __init__(self, path, count, shape, shuffle):
        raw = torch.from_numpy(np.fromfile(path, dtype=np.uint8))
        self.images = raw[: -count].reshape(count, *shape)
        self.labels = raw[-count:].long()
        self.shuffle = shuffle
        if not shuffle:
            self.mean = sum(part.double().sum(0) for part in self.images.split(1000)) / count
            self.mean = self.mean.float()

    def batches(self, size, last=False):
        images, mean, count = self.images, None if self.shuffle else self.mean, len(self.labels)
        if last:  # bytes and mean stored channels-last, so that conversion keeps the layout
            images = images.contiguous(memory_format=torch.channels_last)
            mean = mean[None].contiguous(memory_format=torch.channels_last)[0]
        generator = torch.Generator().manual_seed(1)
        while True:
            order = torch.randperm(count, generator=generator) if self.shuffle else None
            for i in range(0, count - size + 1, size):
                if self.shuffle:
                    index = order[i : i + size]
                    yield images[index].float().div_(255), self.labels[index]
                else:
                    yield images[i : i + size].float().sub_(mean), self.labels[i : i + size]


# ---- eager: as the tutorials write it ----
class WithinChannelLRN(nn.Module):
    """Caffe's WITHIN_CHANNEL normalisation, size 3, alpha 5e-5, beta 0.75."""

    def __init__(self, roots=False):
        super().__init__()
        self.roots = roots

    def forward(self, x):
        scale = 1 + 5e-5 * F.avg_pool2d(x * x, 3, 1, 1)
        if self.roots:
            root = scale.rsqrt()
            return x * root * root.sqrt()
        return x * scale ** -0.75


def conv(inputs, outputs, std):
    layer = nn.Conv2d(inputs, outputs, 5, padding=2)
    nn.init.normal_(layer.weight, std=std)
    nn.init.zeros_(layer.bias)
    return layer


def caffe_net(full, roots):
    top, average = nn.MaxPool2d(3, 2, ceil_mode=True), nn.AvgPool2d(3, 2, ceil_mode=True)
    lrn = [WithinChannelLRN(roots)] if full else []
    head = [nn.Linear(1024, 10)] if full else [nn.Linear(1024, 64), nn.Linear(64, 10)]
    return nn.Sequential(
        conv(3, 32, 1e-4), top, nn.ReLU(), *lrn,
        conv(32, 32, 0.01), nn.ReLU(), average, *lrn,
        conv(32, 64, 0.01), nn.ReLU(), average, nn.Flatten(), *head)


class Workload:
    """What is trained: model, loss, rate, data."""

    def __init__(self, name, batch):
        self.name, self.batch = name, batch
        self.image = name.startswith("cifar10")
        self.decay = 0.004 if self.image else 0.0
        self.momentum = 0.9 if self.image else 0.0
        # rates per example's loss as the C side has it; MSELoss is a mean over 784 outputs
        self.rate = {"autoencoder": 0.01, "parity": 0.05}.get(name, 0.001 if self.image else 0.01)

    def model(self, roots=False):
        torch.manual_seed(1)
        if self.image:
            return caffe_net(self.name == "cifar10_full", roots)
        if self.name == "parity":
            return nn.Sequential(nn.Linear(3, 5), nn.Sigmoid(),
                                 nn.Linear(5, 1), nn.Sigmoid()).double()
        if self.name == "autoencoder":
            return nn.Sequential(nn.Linear(784, 100), nn.Sigmoid(),
                                 nn.Linear(100, 784), nn.Sigmoid())
        hidden = int(self.name.split("_")[1])
        return nn.Sequential(nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 10))

    def batches(self, last=False):
        if self.name == "parity":
            return parity_patterns()
        return (CIFAR if self.image else MNIST).batches(self.batch, last)


def parity_patterns():
    x = torch.tensor([[0, 0, 0], [1, 0, 1], [1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 1]]).double()
    target = torch.tensor([[0], [0], [1], [0], [1], [1]]).double()
    while True:
        for i in range(6):
            yield x[i : i + 1], target[i : i + 1]


class Eager:
    def __init__(self, work, last=False):
        self.model = work.model(roots=last)
        if last:
            self.model = self.model.to(memory_format=torch.channels_last)
        regression = work.name in ("autoencoder", "parity")
        self.criterion = nn.MSELoss() if regression else nn.CrossEntropyLoss()
        rate = work.rate * (784 / 2 if work.name == "autoencoder" else 0.5 if regression else 1)
        biases = [p for p in self.model.parameters() if p.dim() == 1]
        weights = [p for p in self.model.parameters() if p.dim() > 1]
        self.optimizer = torch.optim.SGD(
            [{"params": weights}, {"params": biases, "lr": rate * (2 if work.image else 1)}],
            lr=rate, momentum=work.momentum, weight_decay=work.decay,
            **({"foreach": True} if last else {}))
        self.itself = work.name == "autoencoder"
        self.data = work.batches(last)

    def parameters(self):
        return list(self.model.parameters())

    def step(self):
        x, target = next(self.data)
        if self.itself:
            x = target = x.flatten(1)
        elif self.model[0].__class__ is nn.Linear:
            x = x.flatten(1)
        self.optimizer.zero_grad()
        loss = self.criterion(self.model(x), target)
        loss.backward()
        self.optimizer.step()
        return loss


def ChannelsLast(work):
    return Eager(work, last=True)


# ---- by hand: dense networks of two layers ----
def dense_step(x, target, w1, b1, w2, b2, rate: float, kind: int):
    """One step of SGD.  kind 0: sigmoids, squared error; 1: ReLU, cross-entropy.
    Weights are inputs x outputs."""
    share = -rate / x.shape[0]
    h = torch.addmm(b1, x, w1)
    if kind == 0:
        h.sigmoid_()
        y = torch.addmm(b2, h, w2).sigmoid_()
        e = y - target
        loss = torch.dot(e.view(-1), e.view(-1)) / e.numel()
        d2 = torch.ops.aten.sigmoid_backward(e, y)
        d1 = torch.ops.aten.sigmoid_backward(torch.mm(d2, w2.t()), h)
    else:
        h.relu_()
        logs = torch.log_softmax(torch.addmm(b2, h, w2), 1)
        loss = -logs.gather(1, target).mean()
        d2 = logs.exp_()
        d2.scatter_add_(1, target, torch.full_like(target, -1, dtype=d2.dtype))
        d1 = torch.ops.aten.threshold_backward(torch.mm(d2, w2.t()), h, 0)
    w2.addmm_(h.t(), d2, alpha=share)
    b2.add_(d2.sum(0), alpha=share)
    w1.addmm_(x.t(), d1, alpha=share)
    b1.add_(d1.sum(0), alpha=share)
    return loss


def vector_step(x, target, w1, b1, w2, b2, rate: float, kind: int):
    """Batch 1 of kind 0; vectors."""
    h = torch.addmv(b1, w1, x).sigmoid_()
    y = torch.addmv(b2, w2, h).sigmoid_()
    e = y - target
    loss = torch.dot(e, e) / e.numel()
    d2 = torch.ops.aten.sigmoid_backward(e, y)
    d1 = torch.ops.aten.sigmoid_backward(torch.mv(w2.t(), d2), h)
    w2.addr_(d2, h, alpha=-rate)
    b2.add_(d2, alpha=-rate)
    w1.addr_(d1, x, alpha=-rate)
    b1.add_(d1, alpha=-rate)
    return loss


class DenseByHand:
    def __init__(self, work, rows=False, script=False, vector=False):
        layers = [layer for layer in work.model() if isinstance(layer, nn.Linear)]
        self.values = []
        for layer in layers:
            weight = layer.weight.data
            if not vector:
                weight = weight.t() if rows else weight.t().contiguous()
            self.values += [weight, layer.bias.data]
        self.itself, self.rate = work.name == "autoencoder", work.rate
        self.kind = 0 if work.name in ("autoencoder", "parity") else 1
        self.vector = vector
        self.function = vector_step if vector else dense_step
        if script:
            self.function = torch.jit.script(self.function)
        self.data = work.batches()

    def parameters(self):
        return self.values

    @torch.inference_mode()
    def step(self):
        x, target = next(self.data)
        x = x.flatten() if self.vector else x.flatten(1)
        if self.itself:
            target = x
        elif self.kind == 1:
            target = target[:, None]
        elif self.vector:
            target = target.flatten()
        return self.function(x, target, *self.values, self.rate, self.kind)


# ---- by hand: Caffe's CIFAR-10 nets, channels-last ----
class CaffeByHand:
    def __init__(self, work):
        model = work.model().to(memory_format=torch.channels_last)
        self.full = work.name == "cifar10_full"
        self.values = values = [p.data for p in model.parameters()]
        self.convs = [tuple(values[i : i + 2]) for i in range(0, 6, 2)]
        self.heads = [tuple(values[i : i + 2]) for i in range(6, len(values), 2)]
        self.weights, self.biases = values[0::2], values[1::2]
        self.velocity = [torch.zeros_like(p) for p in self.weights + self.biases]
        self.work, self.data = work, work.batches(last=True)

    def parameters(self):
        return self.values

    def lrn(self, x):
        scale = aten.avg_pool2d(x * x, [3, 3], [1, 1], [1, 1]).mul_(5e-5).add_(1)
        quarter = scale.rsqrt().sqrt_()
        power = (quarter * quarter).mul_(quarter)
        return x * power, (x, scale, power)

    def lrn_backward(self, dy, kept):
        x, scale, power = kept
        inner = (dy * x).mul_(power).div_(scale)
        window = aten.avg_pool2d(inner, [3, 3], [1, 1], [1, 1])
        return (dy * power).sub_(window.mul_(x), alpha=2 * 5e-5 * 0.75)

    def forward(self, x):
        self.kept = kept = []
        for i, (weight, bias) in enumerate(self.convs):
            z = F.conv2d(x, weight, bias, padding=2)
            if i == 0:
                y, index = aten.max_pool2d_with_indices(z, [3, 3], [2, 2], [0, 0], [1, 1], True)
                y.relu_()
            else:
                z.relu_()
                y, index = aten.avg_pool2d(z, [3, 3], [2, 2], [0, 0], True), None
            norm = None
            kept.append([x, z, y, index, norm])
            if self.full and i < 2:
                y, kept[-1][4] = self.lrn(y)
            x = y
        return x

    def backward(self, dx):
        gradients = []
        for i in (2, 1, 0):
            x, z, y, index, norm = self.kept[i]
            if norm:
                dx = self.lrn_backward(dx, norm)
            if i == 0:
                dx = aten.threshold_backward(dx, y, 0)
                dz = aten.max_pool2d_with_indices_backward(
                    dx, z, [3, 3], [2, 2], [0, 0], [1, 1], True, index)
            else:
                dz = aten.avg_pool2d_backward(dx, z, [3, 3], [2, 2], [0, 0], True, True, None)
                dz = aten.threshold_backward(dz, z, 0)
            weight = self.convs[i][0]
            dx, dw, db = aten.convolution_backward(
                dz, x, weight, [weight.shape[0]], [1, 1], [2, 2], [1, 1], False, [0, 0], 1,
                [i > 0, True, True])
            gradients = [(dw, db)] + gradients
        return gradients

    def head(self, x, target):
        inputs = [x]
        for weight, bias in self.heads:
            inputs.append(torch.addmm(bias, inputs[-1], weight.t()))
        logs = torch.log_softmax(inputs.pop(), 1)
        loss = -logs.gather(1, target[:, None]).mean()
        delta = logs.exp_()
        delta.scatter_add_(1, target[:, None], delta.new_full((len(target), 1), -1.0))
        delta.div_(len(target))
        gradients = []
        for (weight, _), value in zip(reversed(self.heads), reversed(inputs)):
            gradients = [(delta.t() @ value, delta.sum(0))] + gradients
            delta = delta @ weight
        return loss, delta, gradients

    @torch.inference_mode()
    def step(self):
        x, target = next(self.data)
        top = self.forward(x)
        loss, delta, tail = self.head(top.flatten(1), target)
        delta = delta.view(top.shape).contiguous(memory_format=torch.channels_last)
        gradients = self.backward(delta) + tail
        gradients = [g[0] for g in gradients] + [g[1] for g in gradients]
        parameters, half = self.weights + self.biases, len(self.weights)
        torch._foreach_add_(gradients, parameters, alpha=self.work.decay)
        torch._foreach_mul_(self.velocity, self.work.momentum)
        torch._foreach_add_(self.velocity, gradients)
        torch._foreach_add_(self.weights, self.velocity[:half], alpha=-self.work.rate)
        torch._foreach_add_(self.biases, self.velocity[half:], alpha=-2 * self.work.rate)
        return loss


# ---- the forms, tried and timed ----
def forms(work):
    if work.image:
        return {"channels_last": ChannelsLast, "by_hand": CaffeByHand}
    found = {"by_hand": DenseByHand,
             "by_hand_rows": lambda w: DenseByHand(w, rows=True),
             "scripted": lambda w: DenseByHand(w, script=True)}
    if work.batch == 1:
        found["by_vector"] = lambda w: DenseByHand(w, vector=True)
    return found


def run(trainer, batch, seconds):
    """Steps for so many CPU-seconds; the clock is read about every 2 ms."""
    samples, block, start, loss = 0, 1, time.process_time(), None
    now = start
    while now - start < seconds:
        for _ in range(block):
            loss = trainer.step()
        before, now = now, time.process_time()
        samples += block * batch
        if now - before < 0.002:
            block *= 2
    return samples, now - start, float(loss)


def agrees(trainer, work):
    """The same losses as eager's for a few steps, and weights that moved as far."""
    pair = trainer, Eager(work)
    before = [[p.detach().clone() for p in t.parameters()] for t in pair]
    losses = [[float(t.step()) for _ in range(4)] for t in pair]
    moved = [[float((p.detach() - old).norm()) for p, old in zip(t.parameters(), start)]
             for t, start in zip(pair, before)]
    return np.allclose(*losses, rtol=1e-3) and np.allclose(*moved, rtol=1e-2)


def fastest(work, seconds):
    rates = {}
    for name, make in forms(work).items():
        trainer = make(work)
        if not agrees(make(work), work):
            print(f"peers.py: {work.name}: form {name} computes something else", file=sys.stderr)
            continue
        run(trainer, work.batch, seconds / 4)
        samples, used, _ = run(trainer, work.batch, seconds)
        rates[name] = samples / used
    name = max(rates, key=rates.get)
    return name, forms(work)[name](work)


TRAINERS = {}


def answer(name, batch, form, seconds):
    key = (name, batch, form)
    if key not in TRAINERS:
        if len(TRAINERS) > 1:  # the next workload has come
            TRAINERS.clear()
        work = Workload(name, batch)
        TRAINERS[key] = ("eager", Eager(work)) if form == "eager" else fastest(work, seconds)
    label, trainer = TRAINERS[key]
    samples, used, loss = run(trainer, batch, seconds)
    return f"{samples} {used:.9f} {loss:.9g} {label}"


def versions():
    config = torch.__config__.show()
    found = [f"torch {torch.__version__}"]
    for line in config.splitlines():
        for mark in ("MKL-DNN", "CPU capability"):
            if mark in line:
                found.append(line.strip(" -").replace(",", ";"))
    return "; ".join(found + [f"python {sys.version.split()[0]}"])


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    MNIST = Images(sys.argv[1], int(sys.argv[2]), (28, 28), shuffle=True)
    CIFAR = Images(sys.argv[3], int(sys.argv[4]), (3, 32, 32), shuffle=False)
    print("ready", versions(), flush=True)
    for line in sys.stdin:
        _, which, size, style, window = line.split()
        print(answer(which, int(size), style, float(window)), flush=True)
