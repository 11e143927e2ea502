import type { LatencyHistogram } from '@device-messaging/host-api';

/** Begins the name of every metric. */
const PREFIX = 'device_messaging_';

/** One value for each value of a label. The values are a closed set of this program's own: nothing is escaped. */
export interface LabelledValues {
  readonly label: string;
  readonly values: Iterable<readonly [value: string, count: number]>;
}

/**
 * Metrics as Prometheus reads them (text format 0.0.4), written from what others have counted. The classes of
 * `prom-client` are told of each event and keep a count of their own; here the counts are there already.
 */
export class ExpositionText {
  private text = '';

  /** What only rises, by the end of its name: `_total`. */
  counter(name: string, help: string, values: number | LabelledValues): this {
    return this.family(name, help, 'counter', values);
  }

  gauge(name: string, help: string, values: number | LabelledValues): this {
    return this.family(name, help, 'gauge', values);
  }

  /** Times of ms, told in seconds. */
  histogram(name: string, help: string, { bounds, counts, sum }: LatencyHistogram): this {
    this.head(name, help, 'histogram');
    let count = 0;
    counts.forEach((own, index) => {
      count += own;
      const bound = bounds[index];
      this.sample(`${name}_bucket{le="${bound === undefined ? '+Inf' : bound / 1_000}"}`, count);
    });
    this.sample(`${name}_sum`, sum / 1_000);
    this.sample(`${name}_count`, count);
    return this;
  }

  toString(): string {
    return this.text;
  }

  private family(name: string, help: string, type: string, values: number | LabelledValues): this {
    this.head(name, help, type);
    if (typeof values === 'number') this.sample(name, values);
    else for (const [value, count] of values.values) this.sample(`${name}{${values.label}="${value}"}`, count);
    return this;
  }

  private head(name: string, help: string, type: string): void {
    this.text += `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n`;
  }

  private sample(series: string, value: number): void {
    this.text += `${PREFIX}${series} ${value}\n`;
  }
}
