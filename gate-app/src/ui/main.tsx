import { kioskConnection } from './kiosk-connection.ts';
import { showScreens } from './screens-root.tsx';

showScreens(kioskConnection(window));
