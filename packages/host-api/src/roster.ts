/** Something that stands in a {@link Roster}; it carries its own place there. */
export interface RosterMember {
  /** Used by the roster alone. */
  place: number;
}

/**
 * What is under way, in no order. Members come and go with every request, which a `Set` pays for dearly: it moves
 * to a new table time and again, and as long as the garbage collector has not visited the old ones, which takes
 * seconds, everything that stood in them stays in memory and is moved about.
 */
export class Roster<Member extends RosterMember> implements Iterable<Member> {
  private readonly members: Member[] = [];

  get size(): number {
    return this.members.length;
  }

  /** `member` stands in no roster yet. */
  add(member: Member): void {
    member.place = this.members.push(member) - 1;
  }

  /** `member` stands in this roster. */
  remove(member: Member): void {
    const last = this.members.pop()!;
    if (last === member) return;
    this.members[member.place] = last;
    last.place = member.place;
  }

  /** Those that stand in it now: who comes or goes meanwhile changes nothing. */
  [Symbol.iterator](): Iterator<Member> {
    return [...this.members].values();
  }
}
