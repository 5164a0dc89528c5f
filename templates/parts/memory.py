# Tables are held as read, as features, and once more as the part that is fitted on; libraries sort
# features into bins of a byte or so.
COPIES_OF_FEATURES = 3.5
DATE_PARTS = 6
GIB = 2**30


def check_memory(
    name: str, pieces: Sequence[pa.RecordBatch], share: float, config: Mapping[str, Any]
) -> None:
    """End with a sentence, instead of being killed, if the rest of the file will not fit."""
    room = available_memory()
    if room is None:
        return
    roles = config["features"]
    features = sum(len(names) for names in roles.values()) + (DATE_PARTS - 1) * len(roles["date"])
    held = sum(piece.nbytes for piece in pieces)
    rows = sum(len(piece) for piece in pieces) / share
    wanted = held / share + rows * features * 4 * COPIES_OF_FEATURES
    if wanted > room + held:
        raise BadData(
            f"{name} needs about {wanted / GIB:.1f} GiB of memory, and this machine has "
            f"{(room + held) / GIB:.1f} GiB left: take a larger one, or fewer columns."
        )


def available_memory() -> int | None:
    """Bytes that this process may still take: of the machine, its container and its own limit."""
    rooms = []
    for room in (room_of_machine, room_of_container, room_of_process):
        with contextlib.suppress(OSError, ValueError, KeyError, ImportError):
            rooms.append(room())
    return min(rooms) if rooms else None


def room_of_machine() -> int:
    """What Linux says is free, caches included."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return int(dict(line.split(":") for line in lines)["MemAvailable"].split()[0]) * 1024


def room_of_container() -> int:
    """What is left of the limit of a control group of version 2; its caches can be given up."""
    group = Path("/sys/fs/cgroup")
    limit = int((group / "memory.max").read_text(encoding="ascii"))
    used = int((group / "memory.current").read_text(encoding="ascii"))
    lines = (group / "memory.stat").read_text(encoding="ascii").splitlines()
    return limit - used + int(dict(line.split() for line in lines)["inactive_file"])


def room_of_process() -> int:
    """What is left of the address space that `ulimit -v` grants."""
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        raise ValueError("there is no limit")
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return limit - pages * resource.getpagesize()


def peak_ram_mb() -> float | None:
    """Most memory this process ever held, where the system tells."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def gpu_memory_mb() -> float:
    """Memory of the GPU that is taken now. Libraries reserve it before they need it."""
    ask = "nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits"
    with os.popen(ask) as said, contextlib.suppress(ValueError):
        return max(float(line) for line in said)
    return 0.0
