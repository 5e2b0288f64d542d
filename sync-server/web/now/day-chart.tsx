import type { ParkDayAnswer, ParkNow } from '@skygate/shared/hq-api/now';
import { useTranslation } from 'react-i18next';
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { useParkDay } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { LateDays } from './late-days.tsx';

interface Point {
  readonly ms: number;
  readonly today?: number;
  readonly band?: readonly [number, number];
  readonly lastWeek?: number;
}

const HOUR_MS = 3_600_000;

/** People inside through the day, with how sure the newest figure is, over the same weekday a week ago. */
export function DayChart({ park, serverMs }: { readonly park: ParkNow; readonly serverMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const day = useParkDay(park.park);
  const points = day.data ? pointsOf(day.data, park, serverMs) : [];
  const title = t('now.chart', { park: format.words(park.name) });
  const time = (ms: number): string => format.time(ms, park.timeZone);
  return (
    <section className="card" style={{ position: 'relative' }}>
      <div className="park-head">
        <h2 className="section-title">{title}</h2>
        <span className="quiet small nowrap">{t('now.band')}</span>
      </div>
      {points.some((point) => point.today !== undefined || point.lastWeek !== undefined) ? (
        <div className="day-chart" aria-hidden="true">
          <ResponsiveContainer>
            <ComposedChart accessibilityLayer={false} data={points} margin={{ top: 8, right: 12, bottom: 0, left: -8 }}>
              <CartesianGrid vertical={false} stroke="var(--hq-line)" />
              <XAxis
                dataKey="ms"
                type="number"
                scale="time"
                domain={domainOf(points)}
                ticks={hoursOf(points)}
                minTickGap={24}
                tickFormatter={time}
                tick={{ fill: 'var(--hq-quiet)', fontSize: 14 }}
                stroke="var(--hq-line)"
                tickLine={false}
              />
              <YAxis
                allowDecimals={false}
                tick={{ fill: 'var(--hq-quiet)', fontSize: 14 }}
                axisLine={false}
                tickLine={false}
                tickFormatter={format.number}
              />
              <Tooltip
                labelFormatter={(ms) => time(Number(ms))}
                contentStyle={{ background: 'var(--hq-card)', border: '1px solid var(--hq-line)', borderRadius: 10 }}
              />
              <Area
                connectNulls
                dataKey="band"
                name="±"
                stroke="none"
                fill="var(--hq-accent)"
                fillOpacity={0.22}
                isAnimationActive={false}
              />
              <Line
                dataKey="lastWeek"
                name={t('now.lastWeek')}
                stroke="var(--hq-off)"
                strokeWidth={2}
                strokeDasharray="6 5"
                dot={false}
                connectNulls
                isAnimationActive={false}
              />
              <Line
                dataKey="today"
                name={t('now.today')}
                stroke="var(--hq-accent)"
                strokeWidth={3}
                dot={false}
                connectNulls
                isAnimationActive={false}
              />
            </ComposedChart>
          </ResponsiveContainer>
        </div>
      ) : (
        <div className="day-chart state quiet">{t('now.chartEmpty')}</div>
      )}
      {day.data ? <LateDays day={day.data} /> : null}
      <div className="visually-hidden">
        <table>
          <caption>{title}</caption>
          <tbody>
            {points
              .filter((point) => point.today !== undefined)
              .map((point) => (
                <tr key={point.ms}>
                  <th scope="row">{time(point.ms)}</th>
                  <td>{point.today}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The line ends at the live figure, with its uncertainty as a band that opens over the last stretch. */
function pointsOf(day: ParkDayAnswer, park: ParkNow, serverMs: number): readonly Point[] {
  const past = day.today.filter(({ ms }) => ms < serverMs);
  const { inside, uncertainty } = park;
  const today: Point[] = past.map(({ ms, inside: then }) => ({ ms, today: then, band: [then, then] }));
  const before: Point[] = past.length > 0 || inside === 0 ? [] : [{ ms: serverMs - HOUR_MS, today: 0, band: [0, 0] }];
  const now: Point = { ms: serverMs, today: inside, band: [Math.max(0, inside - uncertainty), inside + uncertainty] };
  const any = past.length > 0 || inside > 0;
  const lastWeek: Point[] = day.lastWeek.map(({ ms, inside: then }) => ({ ms, lastWeek: then }));
  return [...before, ...today, ...(any ? [now] : []), ...lastWeek].sort((left, right) => left.ms - right.ms);
}

function domainOf(points: readonly Point[]): [number, number] {
  const moments = points.map(({ ms }) => ms);
  const first = Math.floor(Math.min(...moments) / HOUR_MS) * HOUR_MS;
  return [first, Math.max(Math.ceil(Math.max(...moments) / HOUR_MS) * HOUR_MS, first + 4 * HOUR_MS)];
}

function hoursOf(points: readonly Point[]): number[] {
  const [first, last] = domainOf(points);
  return Array.from({ length: Math.round((last - first) / HOUR_MS) + 1 }, (_, hour) => first + hour * HOUR_MS);
}
