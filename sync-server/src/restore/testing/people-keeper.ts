import type { PeopleResponse, Person } from '@skygate/shared/protocol/people';
import type { TestKiosk, TestServer } from '../../db/testing/test-server.ts';

/** A kiosk's copy of the people of its park, kept as kiosks keep it (P1). */
export interface PeopleKeeper {
  /** Looks which list a page names, and asks for it if it is another than the one held. */
  look(server: TestServer): Promise<void>;
  /** Whoever is not removed, by id; with the revision of the row. */
  list(): Record<string, number>;
  /** Says which revision is held, as telemetry does. */
  tell(server: TestServer): Promise<void>;
}

export function peopleKeeperOf(kiosk: TestKiosk): PeopleKeeper {
  const people = new Map<string, Person>();
  let known = { revision: 0, stamp: '' };
  return {
    look: async (server) => {
      const page = await ask(server, kiosk, '/sync/pull?after=0&waitMs=0');
      if (page.peopleStamp === known.stamp) return;
      known = await ask(server, kiosk, '/sync/people?after=0');
      people.clear();
      for (const person of (known as unknown as PeopleResponse).people) people.set(person.staffId, person);
    },
    list: () =>
      Object.fromEntries(
        [...people.values()].filter(({ removed }) => !removed).map(({ staffId, revision }) => [staffId, revision]),
      ),
    tell: async (server) => {
      const word = { waiting: 0, oldestWaitingMs: null, skewMs: 0, appVersion: 't', problem: null };
      const answer = await server.app.inject({
        method: 'POST',
        url: '/sync/telemetry',
        headers: { 'skygate-protocol': '2', authorization: `Bearer ${kiosk.token}` },
        payload: { ...word, peopleRevision: known.revision, peopleStamp: known.stamp },
      });
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
    },
  };
}

/** A question in version 2, which names lists of people. */
export async function ask(server: TestServer, { token }: TestKiosk, url: string) {
  const headers = { 'skygate-protocol': '2', authorization: `Bearer ${token}` };
  return (await server.app.inject({ method: 'GET', url, headers })).json();
}
