"""Cut chapters into passages, hold whole chapters out, build the tokenizer and pack passages into rows."""
import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from model import CONTEXT, VOCABULARY

END, PAD = "<|end|>", "<|pad|>"
LONGEST = CONTEXT - 1      # tokens of a passage without its end
MOST_VERSES = 5
HELD_OUT = 32              # one chapter in so many is held out


def chapters(verses):
    """Texts of the verses by "book chapter", in the order of the books."""
    found = {}
    for v in verses:
        found.setdefault(f"{v.book} {v.chapter}", []).append(v.text)
    return found


def held_out_chapters(names, seed):
    names = list(names)
    chosen = np.random.default_rng(seed).choice(len(names), len(names) // HELD_OUT, replace=False)
    return [names[i] for i in sorted(chosen)]


def train_tokenizer(texts):
    """A byte-level BPE tokenizer; `<|end|>` is token 0, `<|pad|>` token 1."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[END, PAD], show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    return tokenizer


def cut(chapter, tokenize, most):
    """Cut a chapter into passages of 1 to `most()` whole verses and at most LONGEST tokens."""
    passages, lines, wanted = [], [], most()
    for text in chapter:
        if lines and (len(lines) == wanted or len(tokenize("\n".join([*lines, text]))) > LONGEST):
            passages.append("\n".join(lines))
            lines, wanted = [], most()
        lines.append(text)
    return [*passages, "\n".join(lines)]


def pack(passages, rng):
    """Rows of CONTEXT tokens: int32 inputs, targets and passage numbers [rows, CONTEXT].

    A passage is a list of tokens; its targets are its next tokens, the last one 0 (the end). A passage is never
    split; padding has passage number 0.
    """
    rows, still_open = [], []
    for i in rng.permutation(len(passages)):
        size = len(passages[i])
        row = next((r for r in still_open if r["used"] + size <= CONTEXT), None)
        if row is None:
            row = {"used": 0, "passages": []}
            rows.append(row)
            still_open = [*still_open[-31:], row]
        row["used"] += size
        row["passages"].append(passages[i])
    inputs, targets, numbers = (np.full((len(rows), CONTEXT), fill, np.int32) for fill in (1, 1, 0))
    for r, row in enumerate(rows):
        at = 0
        for number, tokens in enumerate(row["passages"], 1):
            s = slice(at, at + len(tokens))
            inputs[r, s], targets[r, s], numbers[r, s] = tokens, [*tokens[1:], 0], number
            at += len(tokens)
    order = rng.permutation(len(rows))
    return inputs[order], targets[order], numbers[order]
