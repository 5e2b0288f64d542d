import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

/** `/health/live`: the process runs. `/health/ready`: it can do its work. */
export function healthRoutes(app: FastifyInstance, { database }: { readonly database: Database }): void {
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const reachable = await sql`select 1`.execute(database.reader).then(
      () => true,
      () => false,
    );
    if (!reachable) reply.code(503);
    const { kind, durable } = database;
    return { status: reachable ? 'ok' : 'unavailable', database: { kind, durable, reachable } };
  });
}
