"""The three summaries that TensorBoard's table of hyper-parameters is made of."""

import numbers

from tfview import message

STRING, BOOL, FLOAT64 = 1, 2, 3
STATUS_SUCCESS = 1


def plain(number):
    """A number of Python from one of NumPy or from a tensor of one element."""
    return number.item() if hasattr(number, "item") else number


def describe(name, value):
    """(data type, struct.proto's Value) of a hyper-parameter."""
    value = plain(value)
    if isinstance(value, bool):
        return BOOL, message.varint(4 << 3) + message.varint(value)
    if isinstance(value, numbers.Real):
        return FLOAT64, message.double(2, value)
    if isinstance(value, str):
        return STRING, message.piece(3, value)
    raise ValueError(f"the hyper-parameter {name} is {type(value).__name__}; it should be int, float, str, bool, or a tensor of one number")


def check_domain(name, values, hparams):
    kind = type(plain(hparams.get(name)))
    if name not in hparams or not isinstance(values, (list, tuple)) or not all(isinstance(plain(value), kind) for value in values):
        raise TypeError(f"hparam_domain_discrete[{name}] should be a list of the type of hparam_dict[{name}]")


def summaries(hparams, metric_tags, domains):
    """A Summary of the experiment, of the session's start and of its end."""
    infos = started = b""
    for name, values in domains.items():
        check_domain(name, values, hparams)
    for name, value in hparams.items():
        if value is None:
            continue
        kind, encoded = describe(name, value)
        info = message.piece(1, name) + message.integer(4, kind)
        if name in domains:
            info += message.piece(5, b"".join(message.piece(1, describe(name, each)[1]) for each in domains[name]))
        infos += message.piece(4, info)
        started += message.piece(1, message.piece(1, name) + message.piece(2, encoded))
    metrics = b"".join(message.piece(5, message.piece(1, message.piece(2, tag))) for tag in metric_tags)
    return b"".join(
        message.value(f"_hparams_/{tag}", message.metadata("hparams", message.piece(field, content)))
        for tag, field, content in (
            ("experiment", 2, infos + metrics),
            ("session_start_info", 3, started),
            ("session_end_info", 4, message.integer(1, STATUS_SUCCESS)),
        )
    )
