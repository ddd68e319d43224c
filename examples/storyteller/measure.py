"""Run storyteller.onnx token by token in onnxruntime: perplexity of passages, and generated text."""
import numpy as np
import onnxruntime as ort


class Storyteller:
    """One session and its cache. `step` feeds a token and returns float32 logits [VOCABULARY]."""

    def __init__(self, path):
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.past = {i.name: i.shape for i in self.session.get_inputs() if i.name.startswith("past_")}
        self.outputs = [o.name for o in self.session.get_outputs()]
        self.reset()

    def reset(self):
        self.position = 0
        self.cache = {name: np.zeros(shape, np.float32) for name, shape in self.past.items()}

    def step(self, token):
        feeds = {"token": np.array([token]), "position": np.array([self.position]), **self.cache}
        found = dict(zip(self.outputs, self.session.run(self.outputs, feeds)))
        self.cache = {name: found[name.replace("past", "present", 1)] for name in self.cache}
        self.position += 1
        return found["logits"][0]

    def logits(self, tokens):
        self.reset()
        return np.stack([self.step(t) for t in tokens])

    def generate(self, tokens, most, temperature=0.0, rng=None):
        """Continue the tokens until token 0 (the end) or `most` new ones; temperature 0 takes the likeliest."""
        logits, made = self.logits(tokens)[-1], []
        while len(made) < most:
            if temperature == 0:
                token = int(logits.argmax())
            else:
                p = np.exp((logits - logits.max()).astype(np.float64) / temperature)
                token = int(rng.choice(len(p), p=p / p.sum()))
            made.append(token)
            if token == 0 or len(made) == most:
                break
            logits = self.step(token)
        return made


def loss_of(logits, targets):
    """Sum of -log p(target), in nats."""
    z = logits.astype(np.float64)
    z -= z.max(axis=1, keepdims=True)
    return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), targets]).sum())


def perplexity(teller, passages):
    """(predicted tokens, how many of them the likeliest, perplexity) over passages of tokens.

    Every token but a passage's first is predicted, and its end.
    """
    nats, right, count = 0.0, 0, 0
    for tokens in passages:
        targets = np.array([*tokens[1:], 0])
        logits = teller.logits(tokens)
        nats += loss_of(logits, targets)
        right += int((logits.argmax(axis=1) == targets).sum())
        count += len(targets)
    return count, right, float(np.exp(nats / count))
