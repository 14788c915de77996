/** Ages as `kubectl get` shows them: two units while small, then one. */

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;
const YEAR_D = 365;

function two(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${minor}${minorUnit}`;
}

/** A duration in seconds, shortened: `5s`, `2m30s`, `13m`, `3h20m`, `9h`, `2d4h`, `40d`, `2y15d`. */
export function shortDuration(seconds: number): string {
  if (seconds < -1) return "<invalid>";
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 2 * MINUTE_S) return `${whole}s`;
  const minutes = Math.floor(whole / MINUTE_S);
  if (minutes < 10) return two(minutes, "m", whole % MINUTE_S, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(whole / HOUR_S);
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(whole / DAY_S);
  if (hours < 192) return two(days, "d", hours % 24, "h");
  if (days < 2 * YEAR_D) return `${days}d`;
  const years = Math.floor(days / YEAR_D);
  return years < 8 ? two(years, "y", days % YEAR_D, "d") : `${years}y`;
}

/** How long ago a time was; `<unknown>` without one. */
export function ageOf(timestamp: unknown, now: Date): string {
  if (typeof timestamp !== "string" || timestamp === "") return "<unknown>";
  return shortDuration((now.getTime() - Date.parse(timestamp)) / 1000);
}
