import { useElementSize } from '@mantine/hooks';
import { IconChevronLeft, IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SaleCatalogue, SaleProduct } from '../../../rpc-contract/till-view.ts';
import { ControlGroup } from '../../components/control-group.tsx';
import { Pager, pageOf } from '../../components/pager.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { formatCount } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { isSameLine, type Tile, tilesOf } from './basket.ts';
import { FEW } from './date-bar.tsx';
import type { Sale } from './use-sale.ts';

const TILE_MIN = { width: 216, height: 148 } as const;
const TILE_GAP = 12;

interface ProductTilesProps {
  readonly catalogue: SaleCatalogue;
  readonly sale: Sale;
}

/** What can be sold on the chosen date: a touch adds one. As many tiles as fit, the rest on further pages. */
export function ProductTiles({ catalogue, sale }: ProductTilesProps) {
  const [openId, setOpenId] = useState<string | null>(null);
  const [page, setPage] = useState(0);
  const { ref, width, height } = useElementSize();
  const open = catalogue.products.find(({ productId }) => productId === openId);
  if (open !== undefined) {
    return <ProductPage product={open} date={catalogue.date} sale={sale} onBack={() => setOpenId(null)} />;
  }
  const tiles = tilesOf(catalogue);
  const columns = fitting(width, TILE_MIN.width, { min: 2, max: 4 });
  const rowsAlone = fitting(height, TILE_MIN.height, { min: 1, max: 5 });
  const needsPager = tiles.length > columns * rowsAlone;
  const rows = needsPager ? fitting(height - 76, TILE_MIN.height, { min: 1, max: 5 }) : rowsAlone;
  const shown = pageOf(tiles, page, columns * rows);
  const isOnly = catalogue.products.length === 1;
  return (
    <div className="tiles-box" ref={ref}>
      <div className="tiles" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {shown.items.map((tile) => (
          <TileButton
            key={`${tile.product.productId}/${tile.unit?.unitId}/${tile.slot?.slot}`}
            tile={tile}
            date={catalogue.date}
            sale={sale}
            isOnlyProduct={isOnly}
            onOpen={() => setOpenId(tile.product.productId)}
          />
        ))}
      </div>
      {needsPager && <Pager page={shown.page} pages={shown.pages} onPage={setPage} />}
    </div>
  );
}

const fitting = (space: number, size: number, { min, max }: { min: number; max: number }): number =>
  Math.max(min, Math.min(max, Math.floor((space + TILE_GAP) / (size + TILE_GAP))));

interface TileButtonProps {
  readonly tile: Tile;
  readonly date: string;
  readonly sale: Sale;
  readonly isOnlyProduct: boolean;
  readonly onOpen: () => void;
}

function TileButton({ tile, date, sale, isOnlyProduct, onOpen }: TileButtonProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { product, unit, slot } = tile;
  if (unit === null || slot === null) {
    const cheapest = Math.min(...product.units.map(({ priceMinor }) => priceMinor));
    return (
      <TouchButton className="tile" disabled={product.slots.length === 0} onPress={onOpen}>
        <span className="t2 strong tile-name">{format.words(product.name)}</span>
        <span className="t1 quiet clip row">
          <IconClock size={18} aria-hidden /> {t(product.slots.length === 0 ? 'till.timesOver' : 'till.withTimes')}
        </span>
        <span className="t3 strong clip">{t('till.from', { price: format.money(cheapest) })}</span>
      </TouchButton>
    );
  }
  const line = { productId: product.productId, unitId: unit.unitId, date, slot: slot.slot };
  const quantity = sale.basket.find((known) => isSameLine(known, line))?.quantity ?? 0;
  const hint = format.words(unit.hint) || (isOnlyProduct ? '' : format.words(product.name));
  const name =
    product.kind === 'timed' ? `${format.words(product.name)}, ${slot.startsAt ?? slot.slot}` : format.words(unit.name);
  const isGone = slot.left <= 0;
  // Not disabled without places: a supervisor may sell past the share (C3), and the sale says what stands against it.
  return (
    <TouchButton
      className={isGone ? 'tile gone' : 'tile'}
      chosen={quantity > 0}
      onPress={() => sale.change({ kind: 'add', line })}
    >
      <span className="t2 strong tile-name">{name}</span>
      <TileHint hint={hint} left={slot.left} isTimed={product.kind === 'timed'} />
      <span className="t3 strong">{unit.priceMinor === 0 ? t('till.free') : format.money(unit.priceMinor)}</span>
      {quantity > 0 && <span className="tile-count">{quantity}</span>}
    </TouchButton>
  );
}

interface TileHintProps {
  readonly hint: string;
  readonly left: number;
  readonly isTimed: boolean;
}

/** Who it is for; of a timed entry, and of what is sold out, how many are left. */
function TileHint({ hint, left, isTimed }: TileHintProps) {
  const { t } = useTranslation();
  if (left <= 0) return <span className="t1 clip warn">{t('till.soldOut')}</span>;
  if (!isTimed) return <span className="t1 clip quiet">{hint}</span>;
  const words = t('till.left', { left: formatCount(left) });
  return <span className={`t1 clip ${left <= FEW ? 'warn' : 'quiet'}`}>{words}</span>;
}

interface ProductPageProps {
  readonly product: SaleProduct;
  readonly date: string;
  readonly sale: Sale;
  readonly onBack: () => void;
}

const SLOTS_A_PAGE = 8;

/** A product with many starting times: first the time, then who goes. */
function ProductPage({ product, date, sale, onBack }: ProductPageProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [slotName, setSlotName] = useState<string | null>(null);
  const [page, setPage] = useState(0);
  const firstFree = product.slots.find(({ left }) => left > 0) ?? product.slots[0] ?? null;
  const slot = product.slots.find((candidate) => candidate.slot === slotName) ?? firstFree;
  const shown = pageOf(product.slots, page, SLOTS_A_PAGE);
  return (
    <div className="tiles-box">
      <div className="row">
        <TouchButton icon={<IconChevronLeft aria-hidden />} onPress={onBack}>
          {t('common.back')}
        </TouchButton>
        <h2 className="t3 strong clip">{format.words(product.name)}</h2>
      </div>
      <ControlGroup className="slots" label={t('till.chooseTime')}>
        {shown.items.map((time) => (
          <TouchButton
            key={time.slot}
            className={time.left <= 0 ? 'date gone' : 'date'}
            chosen={time.slot === slot?.slot}
            onPress={() => setSlotName(time.slot)}
          >
            <span className="t2 semi">{time.startsAt ?? time.slot}</span>
            <span className={`t1 clip ${time.left <= FEW ? 'warn' : 'quiet'}`}>
              {time.left <= 0 ? t('till.soldOut') : t('till.leftShort', { left: formatCount(time.left) })}
            </span>
          </TouchButton>
        ))}
      </ControlGroup>
      {shown.pages > 1 && <Pager page={shown.page} pages={shown.pages} onPage={setPage} />}
      <div className="tiles" style={{ gridTemplateColumns: 'repeat(3, minmax(0, 1fr))' }}>
        {product.units.map((unit) => (
          <TileButton
            key={unit.unitId}
            tile={{ product: { ...product, kind: 'day' }, unit, slot }}
            date={date}
            sale={sale}
            isOnlyProduct
            onOpen={() => undefined}
          />
        ))}
      </div>
    </div>
  );
}
