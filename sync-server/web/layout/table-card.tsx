import type { CSSProperties, ReactNode } from 'react';

/** A column's title. Figures and buttons stand at the right; what the buttons are for is said by screen readers alone. */
export type Column = string | { readonly number: string } | { readonly buttons: string };

interface TableCardProps {
  readonly columns: readonly Column[];
  /** The id of the heading that names the table. */
  readonly labelledBy?: string;
  /** Inside something that is a card already. */
  readonly isPlain?: boolean;
  readonly hidden?: boolean;
  readonly style?: CSSProperties;
  /** The rows. */
  readonly children: ReactNode;
}

/** A table on a card of its own, which scrolls sideways where the window is too narrow for it. */
export function TableCard({ columns, labelledBy, isPlain = false, hidden, style, children }: TableCardProps) {
  return (
    <div className={isPlain ? 'table-card' : 'card table-card'} hidden={hidden} style={style}>
      <table className="table" aria-labelledby={labelledBy}>
        <thead>
          <tr>{columns.map(headOf)}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function headOf(column: Column): ReactNode {
  if (typeof column === 'string') return <th key={column}>{column}</th>;
  if ('number' in column) {
    return (
      <th key={column.number} className="number">
        {column.number}
      </th>
    );
  }
  return (
    <th key={column.buttons}>
      <span className="visually-hidden">{column.buttons}</span>
    </th>
  );
}
