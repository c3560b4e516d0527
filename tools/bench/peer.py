#!/usr/bin/env python3
"""The PixelCNN and the Row LSTM of the paper (arXiv 1601.06759) in PyTorch, timed as tools/bench/run Gpu times ours.

    python3 tools/bench/peer.py                 on CUDA if there is a GPU, otherwise on the CPU with small sizes
    python3 tools/bench/peer.py --quick         12 layers, h=129, batch 128, within 100 s
    python3 tools/bench/peer.py --check         no sub-pixel sees a later one; the number of parameters (no timing)

On a CPU with other work, set OMP_NUM_THREADS=1: PyTorch's threads wait for each other in every operation.

It shares no code with this project and needs only torch. The sizes, the count of operations and the columns are those of
Gpu.java; TrueWork.java says what is counted. A training step is forward, backward, RMSProp with momentum and a moving
average of the weights, in float32 or with autocast to bfloat16.

What makes it fast:
- maps are channels-last, 1x1 convolutions are matrix products
- kernels have no rows below the centre, or a full 3x3 kernel with zeros, whichever is faster on this device
- torch.compile fuses what is between the products; the cell of the LSTM is compiled once, not 32 times a layer
- on CUDA the whole step is one CUDA graph, so that no kernel waits for its launch, and float32 products use TF32
"""
import argparse
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

SIDE, CHANNELS, LEVELS = 32, 3, 256


def groups(features, sections=1):
    """The channel group of each feature: each section has the groups of R, G and B."""
    section = features // sections
    return torch.arange(features) % section // (section // CHANNELS)


class MaskedConv(nn.Module):
    """A masked convolution [n, height, width, in] -> [n, height, width, out] (section 3.4).

    The kernel [out, in, rows, columns] ends with the centre's row, because the mask hides all rows below.
    """

    full_kernels = False  # True: kernels get their masked rows back, so that the padding is the same on all sides.

    def __init__(self, mask, rows, columns, n_in, n_out, sections=1):
        super().__init__()
        self.rows, self.columns = rows, columns
        seen, own = groups(n_in)[None, :], groups(n_out, sections)[:, None]
        centre = (seen < own) if mask == "A" else (seen <= own)
        visible = torch.ones(n_out, n_in, rows, columns)
        visible[:, :, -1, columns // 2] = centre.float()
        visible[:, :, -1, columns // 2 + 1 :] = 0
        self.register_buffer("mask", visible)
        inputs = n_in * (rows * columns - columns // 2)
        self.weight = nn.Parameter(torch.randn(n_out, n_in, rows, columns) * inputs**-0.5)
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        weight = self.weight * self.mask
        if self.rows == 1 and self.columns == 1:
            return F.linear(x, weight[:, :, 0, 0], self.bias)
        x = x.permute(0, 3, 1, 2)  # a view: channels-last
        above, beside = self.rows - 1, self.columns // 2
        if self.rows == 1:  # the tap right of the centre is masked
            y = F.conv2d(x, weight[..., : beside + 1], self.bias, padding=(0, beside))[..., : x.shape[3]]
        elif MaskedConv.full_kernels:
            y = F.conv2d(x, F.pad(weight, (0, 0, 0, above)), self.bias, padding=(above, beside))
        else:  # padding below as well, and the rows that it makes are cut off: no copy
            y = F.conv2d(x, weight, self.bias, padding=(above, beside))[:, :, : x.shape[2]]
        return y.permute(0, 2, 3, 1)


class PixelCnnBody(nn.Module):
    """ReLU, 1x1 (2h -> h), ReLU, 3x3 (h -> h), ReLU (section 3.5 and table 1)."""

    def __init__(self, h):
        super().__init__()
        self.reduction = MaskedConv("B", 1, 1, 2 * h, h)
        self.convolution = MaskedConv("B", 2, 3, h, h)

    def forward(self, x):
        return F.relu(self.convolution(F.relu(self.reduction(F.relu(x)))))


def lstm_cell(from_input, from_state, c):
    """Gates o, f, i and g of shape [..., 4h] to h and c."""
    i, g, f, o = (from_input + from_state).chunk(4, -1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c)).to(from_input.dtype), c


class RowLstmBody(nn.Module):
    """Input-to-state 1x3 mask B for the whole map, then one step a row with an unmasked 1x3 state-to-state (section 3.1)."""

    cell = staticmethod(lstm_cell)

    def __init__(self, h):
        super().__init__()
        self.h = h
        self.input_to_state = MaskedConv("B", 1, 3, 2 * h, 4 * h, sections=4)
        with torch.no_grad():
            self.input_to_state.bias[2 * h : 3 * h] = 1
        self.state_to_state = nn.Parameter(torch.randn(3 * h, 4 * h) * (3 * h) ** -0.5)

    def forward(self, x):
        n, height, width, _ = x.shape
        rows = self.input_to_state(x).unbind(1)
        c = x.new_zeros(n, width, self.h, dtype=torch.float32)
        state_to_state = self.state_to_state.to(rows[0].dtype)  # once, not in each row
        hidden = None
        outputs = []
        for row in rows:
            if hidden is None:
                from_state = torch.zeros_like(row)
            else:
                padded = F.pad(hidden, (0, 0, 1, 1))
                taps = torch.cat((padded[:, :-2], hidden, padded[:, 2:]), -1)
                from_state = taps @ state_to_state
            hidden, c = RowLstmBody.cell(row, from_state, c)
            outputs.append(hidden)
        return torch.stack(outputs, 1)


class PixelRnn(nn.Module):
    """Table 1: 7x7 mask A, residual layers, two 1x1 layers, 256 logits a channel."""

    def __init__(self, architecture, layers, h, head):
        super().__init__()
        body = {"pixelcnn": PixelCnnBody, "row-lstm": RowLstmBody}[architecture]
        self.input = MaskedConv("A", 4, 7, CHANNELS, 2 * h)
        self.bodies = nn.ModuleList(body(h) for _ in range(layers))
        self.expansions = nn.ModuleList(MaskedConv("B", 1, 1, h, 2 * h) for _ in range(layers))
        self.head = MaskedConv("B", 1, 1, 2 * h, head)
        self.softmax = MaskedConv("B", 1, 1, head, CHANNELS * LEVELS)

    def forward(self, values):
        """Values [n, height, width, 3] to logits [n, height, width, 3, 256]."""
        return self.logits(self.features(values))

    def features(self, values):
        x = self.input(values)
        for body, expansion in zip(self.bodies, self.expansions):
            x = x + expansion(body(x))
        return x

    def logits(self, features):
        logits = self.softmax(F.relu(self.head(F.relu(features))))
        return logits.unflatten(-1, (CHANNELS, LEVELS))

    def loss(self, images):
        """The mean of -log p(x) of images [n, height, width, 3], uint8, in nats."""
        return self.loss_of_features(self.features(images.float() * (2 / (LEVELS - 1)) - 1), images)

    def loss_of_features(self, features, images):
        logits = self.logits(features)
        return F.cross_entropy(logits.flatten(0, 3).float(), images.flatten().long(), reduction="sum") / images.shape[0]

    def flops_per_image(self):
        """TrueWork.java: taps that are computed, forward and two gradients; no gradient of the images."""
        total = 0
        for name, weight in self.named_parameters():
            if weight.dim() > 1:
                taps = weight.numel()
                if "input_to_state" in name:
                    taps = taps * 2 / 3
                total += (2 if name.startswith("input.") else 3) * taps
        return 2 * total * SIDE * SIDE


class Training:
    """A training step of one network. On CUDA the step is recorded once as a CUDA graph, and then replayed."""

    def __init__(self, network, batch, bfloat16, device, compiled):
        self.network, self.bfloat16, self.device = network.to(device), bfloat16, device
        self.images = torch.zeros(batch, SIDE, SIDE, CHANNELS, dtype=torch.uint8, device=device)
        self.optimizer = torch.optim.RMSprop(
            network.parameters(), lr=1e-4, alpha=0.95, momentum=0.9, eps=1e-4, foreach=True, capturable=device == "cuda"
        )
        self.averages = [p.detach().clone() for p in network.parameters()]
        recurrent = isinstance(network.bodies[0], RowLstmBody)
        RowLstmBody.cell = staticmethod(torch.compile(lstm_cell) if compiled else lstm_cell)
        if compiled and recurrent:  # Compiling all unrolled layers as one would take many minutes.
            network.loss_of_features = torch.compile(network.loss_of_features)
        self.loss = torch.compile(network.loss) if compiled and not recurrent else network.loss
        self.graph = None
        self.result = None

    def _step(self):
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.bfloat16):
            loss = self.loss(self.images)
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        torch._foreach_lerp_(self.averages, [p.detach() for p in self.network.parameters()], 0.001)
        return loss.detach()

    def step(self, images):
        """One step on images that are in this process's memory, as training has them. Returns the loss."""
        self.images.copy_(images, non_blocking=True)
        if self.graph is None:
            return self._step().item()
        self.graph.replay()
        return self.result.item()

    def record(self):
        """Records the step as a CUDA graph, after at least one step."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(2):
                self._step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad()
        with torch.cuda.graph(graph):
            with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.bfloat16, cache_enabled=False):
                loss = self.loss(self.images)
            loss.backward()
            self.optimizer.step()
            torch._foreach_lerp_(self.averages, [p.detach() for p in self.network.parameters()], 0.001)
            self.result = loss.detach()
        self.graph = graph


def synchronize(device):
    if device == "cuda":
        torch.cuda.synchronize()


def best_of(work, device, repeats=5):
    work()
    work()
    times = []
    for _ in range(repeats):
        synchronize(device)
        begun = time.perf_counter()
        work()
        synchronize(device)
        times.append(time.perf_counter() - begun)
    return min(times)


def matrix_product_rate(dtype, device):
    """FLOP/s of large square products, without the time of the call: as ComputingDevice.java measures it."""
    size, few, many = (8192, 4, 28) if device == "cuda" else (1024, 2, 8)
    matrix = (torch.randn(size, size, device=device) * size**-0.5).to(dtype)

    def chain(products):
        power = matrix
        for _ in range(products):
            power = power @ matrix
        return power

    return 2 * size**3 * (many - few) / (best_of(lambda: chain(many), device) - best_of(lambda: chain(few), device))


def choose_kernels(h, batch, bfloat16, device):
    """Takes full or cut kernels, whichever has the faster forward and backward pass at these sizes."""
    times = {}
    dtype = torch.bfloat16 if bfloat16 else torch.float32
    x = torch.randn(batch, SIDE, SIDE, h, device=device, dtype=dtype, requires_grad=True)
    convolution = MaskedConv("B", 2, 3, h, h).to(device, dtype)
    for full in (False, True):
        MaskedConv.full_kernels = full

        def work():
            convolution(x).sum().backward()

        times[full] = best_of(work, device, 3)
    MaskedConv.full_kernels = times[True] < times[False]
    return "full" if MaskedConv.full_kernels else "cut"


def check():
    """The gradient of each output is 0 for its own input and all later ones, and not 0 for the one before it.

    The latter holds for most sub-pixels only: all ReLUs of a pixel's head may be 0.
    """
    torch.manual_seed(1)
    for architecture in ("pixelcnn", "row-lstm"):
        for full in (False, True):
            MaskedConv.full_kernels = full
            network = PixelRnn(architecture, 2, 12, 36).double()
            for parameter in network.parameters():
                nn.init.normal_(parameter, std=0.5)
            side = 7
            values = torch.randn(1, side, side, CHANNELS, dtype=torch.float64, requires_grad=True)
            logits = network(values)
            blind = 0
            for i in range(side * side * CHANNELS):
                row, column, channel = i // (side * CHANNELS), i // CHANNELS % side, i % CHANNELS
                out = (logits[0, row, column, channel] * torch.randn(LEVELS, dtype=torch.float64)).sum()
                gradient = torch.autograd.grad(out, values, retain_graph=True)[0].flatten()
                assert not gradient[i:].any(), f"{architecture}: sub-pixel {i} sees a later one"
                blind += (column > 0 or channel > 0) and gradient[i - 1].item() == 0
            assert blind < side, f"{architecture}: {blind} sub-pixels do not see the one before"
            print(f"{architecture}, {'full' if full else 'cut'} kernels: no sub-pixel sees itself or a later one")
    for architecture in ("pixelcnn", "row-lstm"):
        network = PixelRnn(architecture, 12, 129, 1023)
        count = sum(p.numel() for p in network.parameters())
        print(f"{architecture}, 12 layers, h=129, head 1023: {count} parameters")
    print("tools/bench/run Gpu --layers 12 --h 129 --head 1023 --limit 1 prints those of this project's networks")


def grouped(features):
    return -(-features // CHANNELS) * CHANNELS


def numbers(text):
    return [int(word) for word in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", default="pixelcnn,row-lstm")
    parser.add_argument("--layers", type=numbers)
    parser.add_argument("--h", type=numbers, help="rounded up to multiples of 3")
    parser.add_argument("--head", type=int)
    parser.add_argument("--batch", type=numbers)
    parser.add_argument("--precision", default="BFLOAT16,FLOAT32")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--limit", type=float, help="seconds after which no case begins")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--eager", action="store_true", help="without torch.compile")
    options = parser.parse_args()
    if options.check:
        check()
        return
    begun = time.perf_counter()
    device = options.device
    small = device == "cpu"
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = True
    hs = options.h or ([30] if small else [129] if options.quick else [129, 66])
    batches = options.batch or ([8] if small else [128] if options.quick else [128, 64, 256])
    head = options.head or (96 if small else 1023)
    seconds = options.seconds or (3 if options.quick else 5 if small else 10)
    limit = options.limit or (85 if options.quick else 240 if small else float("inf"))
    print(f"# PyTorch {torch.__version__}, {torch.cuda.get_device_name() if device == 'cuda' else device}", flush=True)
    precisions = options.precision.upper().split(",")
    rates = {}
    for precision in precisions:
        rates[precision] = matrix_product_rate(torch.bfloat16 if precision == "BFLOAT16" else torch.float32, device)
        print(f"# matrix product, {precision:8} {rates[precision] / 1e9:12.1f} GFLOP/s", flush=True)
    print(
        f"{'network':16} {'layers':>6} {'h':>4} {'batch':>6} {'precision':>9} {'compiled':12} {'parameters':>10} "
        f"{'first [s]':>10} {'step [ms]':>10} {'images/s':>10} {'GFLOP/s':>12} {'share':>7}",
        flush=True,
    )
    for precision in precisions:
        for architecture in options.only.split(","):
            default = [2] if small else [12] if options.quick else [12, 7] if architecture == "row-lstm" else [15]
            for layers in options.layers or default:
                for h in map(grouped, hs):
                    for batch in batches:
                        label = f"{architecture:16} {layers:6} {h:4} {batch:6} {precision:>9}"
                        if time.perf_counter() - begun > limit:
                            print(f"{label} left out: the limit of {limit:.0f} s", flush=True)
                            continue
                        for compiled in (False,) if options.eager else (True, False):
                            try:
                                row = measure(
                                    architecture, layers, h, grouped(head), batch, precision == "BFLOAT16", device,
                                    compiled, seconds, rates[precision],
                                )  # fmt: skip
                                print(f"{label} {row}", flush=True)
                                break  # Without torch.compile only if it fails.
                            except Exception as failure:  # No compiler on the machine, or too little memory.
                                reason = (str(failure).strip() or repr(failure)).splitlines()[0]
                                print(f"{label} {'compiled' if compiled else 'eager':12} failed: {reason}", flush=True)
    print(f"# {time.perf_counter() - begun:.0f} s in all")


def measure(architecture, layers, h, head, batch, bfloat16, device, compiled, seconds, rate):
    torch._dynamo.reset()
    kernels = choose_kernels(h, batch, bfloat16, device) if architecture == "pixelcnn" else "cut"
    torch.manual_seed(1)
    images = torch.randint(0, LEVELS, (batch, SIDE, SIDE, CHANNELS), dtype=torch.uint8)
    images = images.pin_memory() if device == "cuda" else images
    begun = time.perf_counter()
    network = PixelRnn(architecture, layers, h, head)
    training = Training(network, batch, bfloat16, device, compiled)
    training.step(images)
    first = time.perf_counter() - begun
    if device == "cuda":
        try:
            training.record()
        except Exception as failure:
            print(f"# no CUDA graph: {str(failure).splitlines()[0]}", file=sys.stderr, flush=True)
            training.graph = None
            torch.cuda.synchronize()
    for _ in range(2):
        training.step(images)
    times = []
    begun = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begun < seconds:
        before = time.perf_counter()
        loss = training.step(images)  # It waits for the loss, as ours does.
        times.append(time.perf_counter() - before)
    assert loss == loss, "the loss is not a number"
    step = statistics.median(times)
    flops = network.flops_per_image() * batch / step
    parameters = sum(p.numel() for p in network.parameters())
    way = ("compiled" if compiled else "eager") + ("" if kernels == "cut" else "+3x3")
    return (
        f"{way:12} {parameters:10} {first:10.1f} {1000 * step:10.1f} {batch / step:10.1f} {flops / 1e9:12.1f} "
        f"{100 * flops / rate:6.1f}%"
    )


if __name__ == "__main__":
    main()
