import { hqNodeOf } from '@skygate/shared/lib/ids';
import type { PushRequest, PushResponse } from '@skygate/shared/protocol/push';
import type { StateResponse } from '@skygate/shared/protocol/state';
import type { Database } from '@skygate/sync-server/db/database';
import Sqlite from 'better-sqlite3';
import type { Book } from '../book.ts';
import { countBy } from '../facts.ts';
import { PARK } from '../headquarters.ts';
import { readKioskDisk } from '../inspect.ts';
import type { Serve } from '../network.ts';

/**
 * Nothing is visible before it is durable: whatever left a machine (a receipt, a verdict, an accepted push, how far it says
 * it has pulled, a page, an acknowledgement) is still true of its disk right after a power cut. The checks at the end would
 * not see it: by then others may have brought back what was lost.
 */
export interface Visible {
  /** Notes what kiosks showed the server, and what it told them. */
  readonly noting: (serve: Serve) => Serve;
  /** What a kiosk had shown, and a power cut took from its disk. */
  missingAtKiosk(kiosk: CutKiosk, book: Book): readonly string[];
  /** What the server had told, and is not there when it is up again. */
  missingAtServer(database: Database): Promise<readonly string[]>;
  /** HQ's deeds that were answered, and are not there when it is up again (E9). */
  missingDeeds(database: Database, book: Book): Promise<readonly string[]>;
  /** An older backup of the server is put back (E8). */
  forgetTheServer(): void;
}

export interface CutKiosk {
  readonly name: string;
  /** Of its database as the power cut left it. */
  readonly path: string;
  /** Up to where it said last that it has pulled. */
  readonly asked: number;
}

interface Told {
  /** Newest positions, by log id. */
  readonly positions: Map<string, number>;
  /** By log id and stream. */
  readonly acknowledged: Map<string, number>;
  /** By stream: what a power cut was said not to take, whatever log follows. */
  readonly durable: Map<string, number>;
}

export function createVisible(): Visible {
  const pushed = new Map<string, number>();
  const told: Told = { positions: new Map(), acknowledged: new Map(), durable: new Map() };
  return {
    noting: (serve) => async (request) => {
      const response = await serve(request);
      if (response?.status !== 200) return response;
      if (request.path.startsWith('/sync/pull')) notePage(told, response.body);
      if (request.path === '/sync/state') noteState(told, response.body);
      if (request.path === '/sync/push') notePush(told, pushed, { asked: request.body ?? '', said: response.body });
      return response;
    },
    missingAtKiosk: (kiosk, book) => [...behind(kiosk, pushed), ...undone(kiosk, book)],
    missingAtServer: (database) => missingAtServer(database, told),
    missingDeeds,
    forgetTheServer: () => {
      for (const heads of Object.values(told)) heads.clear();
    },
  };
}

const raise = (heads: Map<string, number>, key: string, to: number): void => {
  heads.set(key, Math.max(to, heads.get(key) ?? 0));
};

/** The runs, which are long, come first. */
function notePage({ positions }: Told, body: string): void {
  const [, head, logId] = /^,"head":(\d+),"logId":"([^"]+)"/.exec(body.slice(body.lastIndexOf(',"head":'))) ?? [];
  if (head !== undefined && logId !== undefined) raise(positions, logId, Number(head));
}

function noteState(told: Told, body: string): void {
  const state = JSON.parse(body) as StateResponse;
  noteAcknowledged(told, `${state.node}/${state.epoch}`, state);
}

function notePush(
  told: Told,
  pushed: Map<string, number>,
  push: { readonly asked: string; readonly said: string },
): void {
  const { node, epoch, seal } = JSON.parse(push.asked) as PushRequest;
  raise(pushed, `${node}/${epoch}`, seal.to);
  noteAcknowledged(told, `${node}/${epoch}`, JSON.parse(push.said) as PushResponse);
}

type Acknowledgement = Pick<PushResponse, 'acknowledged' | 'durable' | 'logId'>;

function noteAcknowledged(told: Told, stream: string, { acknowledged, durable, logId }: Acknowledgement): void {
  raise(told.acknowledged, `${logId} ${stream}`, acknowledged);
  if (durable) raise(told.durable, stream, acknowledged);
}

/** Its own stream, as far as the server took it, and its cursor; another log is read from the beginning. */
function behind({ path, asked }: CutKiosk, pushed: ReadonlyMap<string, number>): readonly string[] {
  const { incarnation, vector, cursor } = readKioskDisk(path, false);
  const [shown, has] = [pushed.get(incarnation) ?? 0, vector.get(incarnation)?.seq ?? 0];
  return [
    ...(has < shown ? [`it sent ${incarnation} to ${shown}, and its disk has it to ${has}`] : []),
    ...(cursor > 0 && cursor < asked ? [`it said it had pulled ${asked}, and its disk has ${cursor}`] : []),
  ];
}

/** Receipts and verdicts that people hold. */
function undone({ name, path }: CutKiosk, book: Book): readonly string[] {
  const disk = new Sqlite(path, { readonly: true });
  try {
    const sales = new Set(disk.prepare<[], string>('SELECT sale_id FROM sales').pluck().all());
    const receipts = [...book.sales.values()].flatMap(({ kiosk, receipt }) =>
      kiosk === name && receipt !== null ? [receipt.saleId] : [],
    );
    return [
      ...receipts.filter((saleId) => !sales.has(saleId)).map((saleId) => `sale ${saleId}`),
      ...verdictsUndone(disk, name, { kind: 'admitted', told: book.admissions }),
      ...verdictsUndone(disk, name, { kind: 'overridden', told: book.overrides }),
    ];
  } finally {
    disk.close();
  }
}

function verdictsUndone(
  disk: Sqlite.Database,
  name: string,
  { kind, told }: { readonly kind: string; readonly told: Book['admissions'] },
): readonly string[] {
  const own = told.filter(({ kiosk, outcome }) => kiosk === name && outcome === 'admitted');
  if (own.length === 0) return [];
  const rows = disk
    .prepare<[string], string>(
      'SELECT f.ticket_id FROM ticket_facts f JOIN identity i ON i.node = f.node WHERE f.kind = ?',
    )
    .pluck()
    .all(kind);
  const held = countBy(rows, (ticketId) => ticketId);
  const shown = countBy(own, ({ ticketId }) => ticketId);
  return [...shown].flatMap(([ticketId, times]) =>
    (held.get(ticketId) ?? 0) < times ? [`${kind} ${ticketId}: ${held.get(ticketId) ?? 0} of ${times}`] : [],
  );
}

async function missingAtServer({ reader }: Database, told: Told): Promise<readonly string[]> {
  const park = await reader.selectFrom('parks').select(['head', 'log_id']).where('park', '=', PARK).executeTakeFirst();
  const nodes = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'head_seq'])
    .where('park', '=', PARK)
    .execute();
  // E8: of HQ's own lost past what stands there in another is held beside it, recorded again.
  const recorded = await reader.selectFrom('hq_fork_events').select(['node', 'epoch', 'seq']).execute();
  const isRecorded = new Set(recorded.map(({ node, epoch, seq }) => `${node}/${epoch}/${seq}`));
  const logId = park?.log_id ?? '';
  const [seen, head] = [told.positions.get(logId) ?? 0, park?.head ?? 0];
  const heads = new Map(nodes.map((row) => [`${row.node}/${row.epoch}`, row.head_seq]));
  const short = (streams: ReadonlyMap<string, number>, of: string, word: string) =>
    [...streams].flatMap(([key, to]) => {
      const stream = key.slice(of.length);
      const has = isRecorded.has(`${stream}/${to}`) ? to : (heads.get(stream) ?? 0);
      return key.startsWith(of) && has < to ? [`it ${word} ${key} to ${to}, and has it to ${has}`] : [];
    });
  return [
    ...(head < seen ? [`the log ${logId} was seen to ${seen}, and goes to ${head}`] : []),
    ...short(told.acknowledged, `${logId} `, 'acknowledged'),
    ...short(told.durable, '', 'called durable'),
  ];
}

async function missingDeeds({ reader }: Database, { hqEvents }: Book): Promise<readonly string[]> {
  const rows = reader.selectFrom('events').select('hash').where('park', '=', PARK).where('node', '=', hqNodeOf(PARK));
  const hashes = new Set((await rows.execute()).map(({ hash }) => hash));
  return [...hqEvents].flatMap(([place, hash]) =>
    hashes.has(hash) ? [] : [`HQ answered for ${place}, which is gone`],
  );
}
