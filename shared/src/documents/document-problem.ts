import { schemaProblem } from '../events/read-event.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { JsonObject } from '../lib/json.ts';
import { isDate, parseTimeZone } from '../lib/local-time.ts';
import {
  type CatalogueDocument,
  type CatalogueProduct,
  type CatalogueUnit,
  catalogueDocument,
} from './catalogue-document.ts';
import type { DocumentId } from './events.ts';
import { type ParkDocument, parkDocument } from './park-document.ts';

/** What a valid document of each id holds. */
export interface DocumentValues {
  park: ParkDocument;
  catalogue: CatalogueDocument;
}

/** A slot is `<product>@HH:MM`, so the name of a timed product is shorter than a name may be. */
const TIMED_PRODUCT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,40}$/;

/** What product and party may take of a ticket code's 600 characters. */
const CODE_LETTERS_MAX = 180;

/** Checks a whole document: its schema, and what no schema says. @returns the first problem in words, or null */
export function documentProblem(documentId: DocumentId, value: unknown): string | null {
  const problem =
    documentId === 'park'
      ? (schemaProblem(parkDocument, value) ?? parkProblem(value as ParkDocument))
      : (schemaProblem(catalogueDocument, value) ?? catalogueProblem(value as CatalogueDocument));
  return problem ?? canonicalProblem(value);
}

/** A state is published by its hash: it holds nothing that has none, also in members this program does not know. */
function canonicalProblem(value: unknown): string | null {
  try {
    canonicalJson(value as JsonObject);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parkProblem(park: ParkDocument): string | null {
  const zone = parseTimeZone(park.timeZone);
  return zone.ok ? null : `/timeZone ${zone.error}`;
}

/** What the events of a sale have room for. */
const NAME_LETTERS_MAX = 64;
const PEOPLE_MAX = 1000;

/** A schema holds the keys of a map against their pattern alone. */
function longNameIn(map: object): string | null {
  const long = Object.keys(map).find((name) => name.length > NAME_LETTERS_MAX);
  return long === undefined
    ? null
    : `/${long.slice(0, NAME_LETTERS_MAX)} goes on: its name has ${long.length} characters, ${NAME_LETTERS_MAX} are allowed`;
}

function catalogueProblem(catalogue: CatalogueDocument): string | null {
  const long = longNameIn(catalogue.products);
  if (long !== null) return `/products${long}`;
  for (const [productId, product] of Object.entries(catalogue.products)) {
    const problem = productProblem(productId, product);
    if (problem !== null) return `/products/${productId}${problem}`;
  }
  return null;
}

function productProblem(productId: string, product: CatalogueProduct): string | null {
  if (product.kind === 'timed' && !TIMED_PRODUCT.test(productId)) {
    return ` is timed: its name may have 41 letters, digits, dots, dashes and underscores`;
  }
  for (const map of ['gates', 'units'] as const) {
    const long = longNameIn(product[map]);
    if (long !== null) return `/${map}${long}`;
  }
  for (const [unitId, unit] of Object.entries(product.units)) {
    const problem = unitProblem(productId, unit);
    if (problem !== null) return `/units/${unitId}${problem}`;
  }
  return null;
}

function unitProblem(productId: string, unit: CatalogueUnit): string | null {
  const badDate = Object.keys(unit.prices).find((date) => !isDate(date));
  if (badDate !== undefined) return `/prices/${badDate} is no date`;
  const long = longNameIn(unit.party);
  if (long !== null) return `/party${long}`;
  const units = Object.keys(unit.party).length;
  const letters = Object.keys(unit.party).reduce((sum, name) => sum + name.length + 4, productId.length);
  if (letters > CODE_LETTERS_MAX) return `/party and the product have names too long for a ticket code`;
  if (units < 1 || units > 20) return `/party names ${units} units, 1 to 20 are allowed`;
  const people = Object.values(unit.party).reduce((sum, count) => sum + count, 0);
  return people > PEOPLE_MAX ? `/party comes to ${people} people, ${PEOPLE_MAX} are allowed` : null;
}
