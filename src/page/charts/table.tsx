import { useState } from "preact/hooks";

interface TableProps {
  /** What opens it: "As a table". */
  readonly summary: string;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly columns: readonly string[];
  /** Oldest first; the table shows the newest first. Asked for when it is opened. */
  readonly rows: () => readonly (readonly string[])[];
}

/** The rows of a chart, on demand. */
export function Table({ summary, label, columns, rows }: TableProps) {
  const [open, setOpen] = useState(false);
  return (
    <details class="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section class="chart-scroll" tabIndex={0} aria-label={label}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...rows()].reverse().map((cells, row) => (
                <tr key={row}>
                  {cells.map((cell, k) => (
                    <td key={columns[k]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
