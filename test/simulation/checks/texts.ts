import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { textsNamedBy } from '@skygate/shared/events/free-text';
import type { Json } from '@skygate/shared/lib/json';
import type { Reader } from '@skygate/sync-server/db/database';
import Sqlite from 'better-sqlite3';
import { factsOf, textOf } from '../facts.ts';
import { PARK } from '../headquarters.ts';
import type { Check, FinalState } from '../invariants.ts';
import { TYPED } from '../typed-words.ts';

/** What somebody typed, as it lies on a kiosk's disk. */
interface KioskText {
  readonly name: string;
  /** Empty where it was erased. */
  readonly text: string;
  /** HQ has it. */
  readonly delivered: number;
}

const KIOSK_TEXTS = 'SELECT t.name, t.text, d.delivered FROM texts t JOIN text_deliveries d ON d.name = t.name';

/** @param path of a kiosk's database */
export function readKioskTexts(path: string): readonly KioskText[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database.prepare<[], KioskText>(KIOSK_TEXTS).all();
  } finally {
    database.close();
  }
}

/** What waits to be brought to HQ. */
export const waitingTexts = (path: string): readonly string[] =>
  readKioskTexts(path).flatMap(({ name, text, delivered }) => (text !== '' && delivered === 0 ? [name] : []));

/** What HQ holds, by name; null where it was erased. */
export async function readServerTexts(reader: Reader): Promise<ReadonlyMap<string, string | null>> {
  const rows = await reader.selectFrom('texts').select(['name', 'text']).where('park', '=', PARK).execute();
  return new Map(rows.map(({ name, text }) => [name, text]));
}

/**
 * E5: of every event that is at HQ it has the words, as somebody typed them, or they were erased; none wait at a kiosk,
 * and none stand in the event itself (E2).
 */
export const wordsAreAtHq: Check = (state, report) => {
  const wrongWith = judgeOf(state);
  for (const event of state.server.events) {
    const place = `${event.node}/${event.epoch}/${event.seq} ${event.type}`;
    if (JSON.stringify(event.body).includes(TYPED)) report(`${place} holds what was typed`);
    for (const name of textsNamedBy({ type: event.type, body: event.body as Json })) {
      const found = wrongWith(name);
      if (found !== null) report(`${place}: ${found}`);
    }
  }
  for (const { name, path } of state.kiosks) {
    const waiting = waitingTexts(path);
    if (waiting.length > 0) report(`${name}: ${waiting.length} texts wait`);
  }
};

function judgeOf(state: FinalState): (name: string) => string | null {
  const { book, texts, forgotten, lostOfHq } = state;
  const erased = erasedNames(state);
  return (name) => {
    const text = texts.get(name);
    if (typeof text === 'string') return book.typed.has(text) ? null : `nobody typed ${text}`;
    if (erased.has(name)) return null;
    if (text === null) return 'its words are gone, and nobody erased them';
    return forgotten.texts.has(name) || lostOfHq.texts.has(name) ? null : 'its words are not at HQ';
  };
}

/** E5: words that HQ erased are on no disk of a kiosk, not in the server's rows and not in its journal. */
export const erasedWordsAreNowhere: Check = (state, report) => {
  const { book, kiosks, gone, texts, lostOfHq, serverFolder } = state;
  const erased = erasedNames(state);
  const wanted: string[] = [];
  for (const [name, { words, isTold }] of book.erasures) {
    if (erased.has(name)) wanted.push(words);
    else if (isTold && !lostOfHq.erasures.has(name)) report(`${name}: nothing says that it is erased`);
  }
  if (wanted.length === 0) return;
  const held = new Set(texts.values());
  for (const words of wanted) if (held.has(words)) report(`HQ’s rows have: ${words}`);
  for (const file of filesWith(serverFolder, wanted)) report(`the server’s ${file}`);
  for (const { name, path } of [...kiosks, ...gone]) {
    for (const file of filesWith(dirname(path), wanted)) report(`${name}: ${file}`);
  }
};

const erasedNames = ({ server }: FinalState): ReadonlySet<string> =>
  new Set(factsOf(server).flatMap((fact) => (fact.type === 'TextErased' ? [textOf(fact, 'text')] : [])));

/** Database files of a folder in which any of these words stand, deleted or not. */
function filesWith(folder: string, wanted: readonly string[]): readonly string[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (file) => file.isFile() && IS_DATABASE.test(file.name),
  );
  return files.flatMap(({ name }) => {
    const bytes = readFileSync(join(folder, name));
    return wanted.filter((words) => bytes.includes(words)).map((words) => `${name} has: ${words}`);
  });
}

const IS_DATABASE = /\.sqlite(-wal)?$/;
