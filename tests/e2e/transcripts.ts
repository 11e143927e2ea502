import { readFileSync } from 'node:fs';

/** A command of a document, with the output that it shows. */
export interface Transcript {
  readonly command: string;
  readonly output: string;
}

/** The id that documents show calls with; servers number them otherwise. */
const SHOWN_ID = /(?<="id":|rpc\/|request\/|response\/)7(?=[, ]|$)/gm;

/** The commands below a heading of a document in Markdown: blocks that begin with `$ `. */
export function transcriptsOf(document: URL, heading: string): Transcript[] {
  const lines = readFileSync(document, 'utf8');
  const [, text = ''] = new RegExp(`^#+ ${heading}$([^]*?)(?=^##|(?![^]))`, 'm').exec(lines) ?? [];
  return [...text.matchAll(/^```\n\$ (.*)\n([^]*?)^```$/gm)].map(([, command, output]) => ({
    command: command!,
    output: output!,
  }));
}

/** The text with another id in the place of the one that the document shows. */
export function withId(text: string, id: string): string {
  return text.replace(SHOWN_ID, id);
}

/** The id of the call that a program printed. */
export function idIn(printed: string): string {
  const [, id] = /(?:"id":|request\/)(\d+)/.exec(printed) ?? [];
  if (id === undefined) throw new Error(`No call was printed: ${printed}`);
  return id;
}
