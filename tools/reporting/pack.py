"""Numbers packed for a page: rounded to few bits, differences along time, planes of bytes, gzip, base64."""

import base64
import gzip

import numpy as np

LEVELS = {8: 254, 16: 4000}  # steps over the range of a field; 4000 keep the upper byte nearly constant, so gzip removes it


def base64_gzip(content):
    """Bytes as text for the inside of a <script> element."""
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


class Blobs:
    """Packed fields by key; `describe` is what the page needs to unpack each of them."""

    def __init__(self):
        self.texts, self.describe = {}, {}

    def add(self, key, values, bits=16):
        """Packs values(time, place), with an error of at most half a step; None for a field without a number."""
        values = np.asarray(values, float)
        known = np.isfinite(values)
        if not known.any():
            return None
        low, high = float(values[known].min()), float(values[known].max())
        step = (high - low) / LEVELS[bits] or 1.0
        kind, missing = (np.uint8, 255) if bits == 8 else (np.uint16, 65535)
        codes = np.full(values.shape, missing, kind)
        codes[known] = np.rint((values[known] - low) / step).astype(kind)
        codes[1:] -= codes[:-1].copy()  # modulo 2^bits, undone the same way
        planes = codes.reshape(-1, 1).view(np.uint8).reshape(codes.size, -1).T  # low bytes first (little endian)
        self.texts[key] = base64_gzip(np.ascontiguousarray(planes).tobytes())
        self.describe[key] = {"shape": values.shape, "low": low, "step": step, "bits": bits}
        return key

    def keep(self, keys):
        """Forgets all other fields."""
        for key in set(self.texts) - set(keys):
            del self.texts[key], self.describe[key]

    def bytes(self):
        return sum(map(len, self.texts.values()))


def unpack(text, about):
    """What the page does, for tests."""
    width = about["bits"] // 8
    planes = np.frombuffer(gzip.decompress(base64.b64decode(text)), np.uint8).reshape(width, -1)
    kind, missing = (np.uint8, 255) if width == 1 else (np.uint16, 65535)
    codes = np.ascontiguousarray(planes.T).view(kind).reshape(about["shape"])
    codes = np.cumsum(codes, axis=0, dtype=kind)
    return np.where(codes == missing, np.nan, about["low"] + about["step"] * codes)
