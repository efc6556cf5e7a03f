/** Format milliseconds as rally clocks do: `12:34.5`. */
export function formatTime(ms: number): string {
  const tenths = Math.round(ms / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = Math.floor((tenths % 600) / 10);
  return `${minutes}:${String(seconds).padStart(2, "0")}.${tenths % 10}`;
}

/** Format a gap to the leader: `+0:04.2`, or nothing for the leader. */
export function formatGap(ms: number): string {
  return ms === 0 ? "" : `+${formatTime(ms)}`;
}
