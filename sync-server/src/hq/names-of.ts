import { isHqNode } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';

/** What people call the actors and kiosks of a park's events. */
export interface Names {
  /** Null for programs, and for whom nobody knows (any more). */
  actorOf(actor: string): string | null;
  /** Null for HQ itself; its id where a kiosk has no name. */
  kioskOf(place: { readonly node: string; readonly epoch: number }): string | null;
  placeOf(event: { readonly actor: string; readonly node: string; readonly epoch: number }): {
    readonly actorName: string | null;
    readonly kioskName: string | null;
  };
}

export async function namesOf(reader: Reader, park: string): Promise<Names> {
  const users = await reader.selectFrom('hq_users').select(['user_id', 'name']).execute();
  const people = await reader.selectFrom('people').select(['staff_id', 'name']).where('park', '=', park).execute();
  const nodes = await reader.selectFrom('nodes').select(['node', 'epoch', 'name']).where('park', '=', park).execute();
  const actors = new Map<string, string>([
    ...users.map((user): [string, string] => [`hq:${user.user_id}`, user.name]),
    ...people.map((person): [string, string] => [`staff:${person.staff_id}`, person.name]),
  ]);
  const kiosks = new Map(nodes.map((node) => [`${node.node}/${node.epoch}`, node.name]));
  const actorOf: Names['actorOf'] = (actor) => actors.get(actor) || null;
  const kioskOf: Names['kioskOf'] = ({ node, epoch }) =>
    isHqNode(node) ? null : (kiosks.get(`${node}/${epoch}`) ?? node);
  return { actorOf, kioskOf, placeOf: (event) => ({ actorName: actorOf(event.actor), kioskName: kioskOf(event) }) };
}
