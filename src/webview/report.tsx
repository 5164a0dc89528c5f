import { render } from 'preact';
import { type ReportToHost, type ReportToPage, reportToPageSchema } from '../protocol/report.ts';
import { connect } from './common/host.ts';
import { App } from './report/app.tsx';
import './common/base.css';
import './report.css';

const root = document.getElementById('root');
if (root) {
  const host = connect<ReportToHost, ReportToPage>(
    (message) => reportToPageSchema.safeParse(message).data,
    (report) => render(<App report={report} send={host.send} />, root),
  );
  host.send({ type: 'ready' });
}
