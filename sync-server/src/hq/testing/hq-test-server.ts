import type { CatalogueProduct, CatalogueUnit } from '@skygate/shared/documents/catalogue-document';
import type { ParkDocument } from '@skygate/shared/documents/park-document';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { buildApp } from '../../app.ts';
import type { Database } from '../../db/database.ts';
import { createTestServer, type TestServer } from '../../db/testing/test-server.ts';
import { HQ_PREFIX, hqFeature } from '../hq-feature.ts';

export const USER = { email: 'hq@example.org', password: 'correct horse', name: 'Асел' };
export const TODAY = '2026-11-21';

export interface HqTestServer {
  readonly server: TestServer;
  readonly app: FastifyInstance;
  /** A call as a person who is logged in. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    more?: CallMore,
  ): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

export interface CallMore {
  readonly body?: object;
  readonly headers?: Record<string, string>;
  readonly payloadAsStream?: boolean;
}

/** HQ's real routes over a real database. */
export async function createHqTestServer(database: Database): Promise<HqTestServer> {
  const server = await createTestServer(database);
  const app = await buildApp(server.deps, [hqFeature({ firstUser: USER, publicUrl: null })]);
  const { email, password } = USER;
  const logIn = await app.inject({ method: 'POST', url: `${HQ_PREFIX}/session`, payload: { email, password } });
  const cookie = cookieOf(logIn);
  return {
    server,
    app,
    call: (method, path, { body, headers = {}, payloadAsStream = false } = {}) => {
      const request: InjectOptions = {
        method,
        url: `${HQ_PREFIX}${path}`,
        headers: { cookie, ...headers },
        payloadAsStream,
      };
      return app.inject(body === undefined ? request : { ...request, payload: body });
    },
    close: async () => {
      await server.close();
      await app.close();
    },
  };
}

export const cookieOf = (response: LightMyRequestResponse): string =>
  String(response.headers['set-cookie']).split(';')[0] ?? '';

const words = (text: string) => ({ ru: text, ky: text, en: text });

const OPEN = { opens: '09:00', closes: '22:00' };

export const PARK_DOCUMENT: ParkDocument = {
  name: words('Парк'),
  timeZone: 'Asia/Bishkek',
  currency: 'KGS',
  cutOffHour: 4,
  insideMax: 100,
  exitsScanned: true,
  hours: { mon: OPEN, tue: OPEN, wed: OPEN, thu: OPEN, fri: OPEN, sat: OPEN, sun: OPEN },
  gates: { 'gate-1': { name: words('Вход 1') } },
};

const unit = (priceMinor: number, order: number): CatalogueUnit => ({
  name: words('Категория'),
  hint: words(''),
  order,
  party: { adult: 1 },
  placesEach: 1,
  note: 'none',
  priceMinor,
  prices: {},
});

export const PRODUCT: CatalogueProduct = {
  name: words('Билет'),
  kind: 'day',
  active: true,
  order: 1,
  entriesAllowed: 1,
  gates: {},
  startTimes: {},
  earlyMinutes: 0,
  lateMinutes: 0,
  whenGateSilent: 'provisional',
  units: { adult: unit(50_000, 1), child: unit(25_000, 2) },
};
