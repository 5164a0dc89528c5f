import type { JSX } from 'preact';
import type { ReportToHost, ReportToPage } from '../../protocol/report.ts';

interface Props {
  readonly report: ReportToPage;
  send(message: ReportToHost): void;
}

/** The report of one job: how it ended, its numbers, what else is known of it, and its files. */
export function App({ report, send }: Props): JSX.Element {
  const { title, subtitle, status, reason, progress, warnings, tail } = report;
  return (
    <main>
      <header>
        <h1>{title}</h1>
        <p class="status" aria-live="polite">
          {status}
        </p>
        <p class="muted id">{subtitle}</p>
        {progress !== null && <progress value={progress} aria-label="Rounds done" />}
      </header>
      {reason && (
        <p class={report.state === 'stopped' ? 'banner stopped' : 'banner'} role="alert">
          {reason}
        </p>
      )}
      <Headline report={report} />
      <p class="actions">
        <button type="button" class="secondary" onClick={() => send({ type: 'open', what: 'log' })}>
          Open Log
        </button>
        <button type="button" class="secondary" onClick={() => send({ type: 'open', what: 'script' })}>
          Open Script
        </button>
        {report.metrics && (
          <button type="button" class="secondary" onClick={() => send({ type: 'open', what: 'metrics' })}>
            Open metrics.json
          </button>
        )}
        {report.state === 'live' && (
          <button type="button" class="secondary" onClick={() => send({ type: 'stop' })}>
            Stop Job…
          </button>
        )}
      </p>
      <Metrics report={report} />
      {warnings.length > 0 && (
        <section aria-label="Warnings">
          <h2>Warnings</h2>
          {warnings.map((warning) => (
            <p key={warning} class="problem warning">
              {warning}
            </p>
          ))}
        </section>
      )}
      <section aria-label="About this job">
        <h2>About this job</h2>
        <dl>
          {report.facts.map(({ label, value }) => [<dt key={label}>{label}</dt>, <dd key={`${label}.`}>{value}</dd>])}
        </dl>
      </section>
      <Files report={report} send={send} />
      {tail.length > 0 && (
        <section aria-label="End of the log">
          <h2>{report.state === 'live' ? 'Log' : 'End of the log'}</h2>
          <pre>{tail.join('\n')}</pre>
        </section>
      )}
    </main>
  );
}

function Headline({ report: { headline } }: Pick<Props, 'report'>): JSX.Element | null {
  if (!headline) return null;
  return (
    <section aria-label="Headline" class="headline">
      <p class="muted">{headline.name}</p>
      <p class="value">{headline.value}</p>
      {headline.interval && <p>{headline.interval}</p>}
      <p class="muted">{headline.words}</p>
    </section>
  );
}

function Metrics({ report: { metrics } }: Pick<Props, 'report'>): JSX.Element | null {
  if (!metrics) return null;
  return (
    <section aria-label="Metrics">
      <h2>Metrics</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              {metrics.columns.map((column) => (
                <th key={column} scope="col" class="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {metrics.rows.map(({ name, cells }) => (
              <tr key={name}>
                <td>{name}</td>
                {cells.map((cell, column) => (
                  <td key={metrics.columns[column]} class="number">
                    {cell || '–'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Files({ report: { files }, send }: Props): JSX.Element | null {
  if (files.length === 0) return null;
  return (
    <section aria-label="Files">
      <h2>Files</h2>
      <table>
        <tbody>
          {files.map(({ name, size, here }) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="number">{size}</td>
              <td class="number">
                <button
                  type="button"
                  class="link"
                  aria-label={`${here ? 'Reveal' : 'Fetch and reveal'} ${name}`}
                  onClick={() => send({ type: 'reveal', file: name })}
                >
                  {here ? 'Reveal' : 'Fetch and reveal'}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
