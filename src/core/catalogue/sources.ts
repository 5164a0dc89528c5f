/** Where defaults come from, as the form and the report cite them. */
export const SOURCE = {
  library: 'the library’s own default',
  tunedDefaults: 'tuned defaults of “Better by Default”, Holzmüller et al., NeurIPS 2024 (arXiv 2407.04491)',
  measured: 'measured on 15 datasets of 569 to 7,043 rows: 0.1 with early stopping and refit had the lowest log loss',
  /** `DEVELOPMENT` of `bench/datasets.py`: none of the datasets that quality is reported on. */
  development: 'measured on the development datasets of Tabpod’s benchmark, 150 to 10,012 rows',
  patience: 'between pytabkit’s 300 rounds and AutoGluon’s, which shrink with the rows',
  cap: 'a cap only: early stopping ends training before it on nearly all data',
} as const;
