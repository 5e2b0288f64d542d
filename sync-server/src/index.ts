import { pino } from 'pino';
import { readConfig } from './config.ts';
import { DatabaseError } from './db/database.ts';
import { hqFeature } from './hq/hq-feature.ts';
import { serveWeb } from './hq/serve-web.ts';
import { startServer } from './start-server.ts';

// The sync server's process: configuration in, one server out, and an orderly end.

const STOP_WITHIN_MS = 10_000;

const config = readConfig(process.env, process.argv.slice(2));
if (!config.ok) {
  console.error(config.error);
  process.exit(1);
}
try {
  const logger = pino({ level: config.value.logLevel });
  const log = {
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
  };
  const { hqUser: firstUser, publicUrl } = config.value;
  const features = [hqFeature({ firstUser, publicUrl }), serveWeb()];
  const server = await startServer(config.value, log, features);
  // Before anybody is told that it runs: who waits for that may end it at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(server));
  console.log(`Skygate sync server: ${server.url}`);
} catch (error) {
  // What an operator can mend is one sentence; the rest is ours and comes with its trace.
  console.error(error instanceof DatabaseError ? error.message : error);
  process.exit(1);
}

async function end(server: { stop(): Promise<void> }): Promise<void> {
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  await server.stop();
  process.exit(0);
}
