import { lazy, Suspense } from 'react';
import { useSession } from './api/session-queries.ts';
import { CapacityPage } from './capacity/capacity-page.tsx';
import { CasesPage } from './cases/cases-page.tsx';
import { CataloguePage } from './catalogue/catalogue-page.tsx';
import { KeysPage } from './keys/keys-page.tsx';
import { KiosksPage } from './kiosks/kiosks-page.tsx';
import { Shell } from './layout/shell.tsx';
import { Loading } from './layout/states.tsx';
import { type Place, usePlace } from './layout/use-place.ts';
import { LogInPage } from './log-in/log-in-page.tsx';
import { ParkPicked } from './parks/park-picked.tsx';
import { StaffPage } from './staff/staff-page.tsx';
import { TextsPage } from './texts/texts-page.tsx';
import { TicketsPage } from './tickets/tickets-page.tsx';

// The board brings the chart library; the log-in page does not wait for it.
const NowPage = lazy(() => import('./now/now-page.tsx'));

export function App() {
  const session = useSession();
  if (session.isPending) return <Loading />;
  if (!session.data) return <LogInPage failure={session.error} />;
  return <LoggedIn />;
}

function LoggedIn() {
  const { place, go } = usePlace();
  return (
    <Shell place={place} go={go}>
      <Suspense fallback={<Loading />}>
        {place.page === 'now' ? (
          <NowPage wall={place.wall} go={go} />
        ) : (
          <ParkPicked place={place} go={go}>
            {(park) => pageOf(place, park)}
          </ParkPicked>
        )}
      </Suspense>
    </Shell>
  );
}

function pageOf(place: Place, park: Parameters<typeof CataloguePage>[0]['park']) {
  switch (place.page) {
    case 'capacity':
      return <CapacityPage key={park.park} park={park} />;
    case 'kiosks':
      return <KiosksPage key={park.park} park={park} />;
    case 'cases':
      return <CasesPage key={park.park} park={park} />;
    case 'keys':
      return <KeysPage key={park.park} park={park} />;
    case 'staff':
      return <StaffPage key={park.park} park={park} />;
    case 'texts':
      return <TextsPage key={park.park} park={park} />;
    case 'tickets':
      return <TicketsPage key={park.park} park={park} />;
    default:
      return <CataloguePage key={park.park} park={park} />;
  }
}
