// Preloaded into a kiosk's process: a machine whose clock battery is empty and which woke up three days in the past.
const BEHIND_MS = 3 * 24 * 60 * 60_000;
const trueNow = Date.now;
Date.now = () => trueNow() - BEHIND_MS;
