import { verifyLogs } from './verify-log-command.ts';

// `npm run verify-log`: whether the log in the database is the one that was written (X5).
process.exitCode = await verifyLogs(process.argv.slice(2), (line) => console.log(line));
