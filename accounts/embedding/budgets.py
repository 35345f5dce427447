"""How often something may be asked for: counted per name in windows of time, in the cache that every process shares."""

from datetime import datetime, timedelta

from django.core.cache import cache


def take(name: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one more; False once `limit` is passed within the window of `per` that `now` lies in."""
    window = int(now.timestamp() // per.total_seconds())
    key = f"budget:{name}:{window}"
    cache.add(key, 0, timeout=int(per.total_seconds()) * 2)
    try:
        return cache.incr(key) <= limit
    except ValueError:
        # Swept out of the cache meanwhile: then it was not much.
        return True
