/** Whether a topic filter is well formed (MQTT 5 section 4.7): `+` and `#` fill a level alone, `#` is the last one. */
export function isTopicFilter(filter: string): boolean {
  if (filter.length === 0) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !(level.includes('+') || level.includes('#'));
  });
}

/** Whether a well-formed filter matches a topic. `a/#` matches `a` too. Wildcards do not reach into topics that begin with `$`. */
export function matchesTopic(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index === levels.length) return false;
    if (level !== '+' && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}

/** Whether a well-formed filter matches any topic below `prefix`, which ends with a slash and does not begin with `$`. */
export function matchesBelow(filter: string, prefix: string): boolean {
  const wanted = filter.split('/');
  const levels = prefix.slice(0, -1).split('/');
  for (const [index, level] of levels.entries()) {
    if (wanted[index] === '#') return true;
    if (wanted[index] !== '+' && wanted[index] !== level) return false;
  }
  return wanted.length > levels.length;
}
