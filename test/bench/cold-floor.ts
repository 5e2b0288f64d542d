import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

// The floor of `coldstart`: node cold-floor.ts FOLDER opens the kiosk's file and looks one ticket up.

const database = new Sqlite(join(process.argv[2] ?? '', 'kiosk.sqlite'));
const ticket = database.prepare("SELECT ticket_id FROM tickets WHERE park = 'ala-archa' LIMIT 1").pluck().get();
console.log(typeof ticket === 'string' ? 'ok' : 'no ticket');
