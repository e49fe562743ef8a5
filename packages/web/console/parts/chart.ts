// A chart of time series, drawn by uPlot: one line per series, interrupted where samples are missing. The legend shows the values under the pointer,
// otherwise the latest values.
import { html, type PropertyValues, type TemplateResult } from 'lit';
import uPlot from 'uplot';
import { ConsoleElement } from '../console-element.ts';
import { none } from '../figures.ts';
import { serverTime } from '../server-time.ts';
import { texts } from '../texts/texts.ts';

interface Curve {
  readonly label: string;
  readonly color: string;
  readonly fill?: boolean;
}

const height = 170;
/** The minimum length of the time axis in seconds. Without it, the few samples of a new cluster would fill the whole width. */
const leastSpanS = 600;
const axis = { stroke: '#9298ab', font: '11px system-ui, sans-serif', grid: { stroke: '#262a3899', width: 1 }, ticks: { show: false } };

class ConsoleChart extends ConsoleElement {
  static override readonly properties = { heading: {}, curves: { attribute: false }, data: { attribute: false }, format: { attribute: false } };
  declare heading: string;
  declare curves: readonly Curve[];
  /** Columns: first the times in seconds since 1970, then one column of values per curve. */
  declare data: uPlot.AlignedData;
  /** Formats a value for legend and axis. */
  declare format: (value: number | undefined | null) => string;
  #plot: uPlot | null = null;
  #under: number | null = null;
  readonly #sizes = new ResizeObserver(() => this.#fit());

  constructor() {
    super();
    this.heading = '';
    this.curves = [];
    this.data = [[]];
    this.format = (value) => String(value ?? none);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  protected override render(): TemplateResult {
    const [times] = this.data;
    const index = this.#under ?? times.length - 1;
    const valueIn = (curve: number) => this.data[curve + 1]?.[index];
    const summary = this.curves.map(({ label }, curve) => `${label} ${this.format(valueIn(curve))}`).join(', ');
    return html`<figure class="chart">
      <figcaption><h2>${this.heading}</h2>
        <ul class="legend">${this.curves.map(
          ({ label }, curve) => html`<li><i class="dot curve-${curve}"></i>${label} <b>${this.format(valueIn(curve))}</b></li>`,
        )}</ul>
      </figcaption>
      <div class="plot" role="img" aria-label=${texts.chart(this.heading, summary)}></div>
    </figure>`;
  }

  protected override updated(changed: PropertyValues): void {
    // Colours are set by script, because the content security policy forbids style attributes in the markup.
    this.querySelectorAll<HTMLElement>('.dot').forEach((dot, curve) => {
      dot.style.background = this.curves[curve]?.color ?? '';
    });
    if (!this.#plot) this.#make();
    else if (changed.has('data')) this.#plot.setData(this.data);
  }

  #make(): void {
    const place = this.querySelector<HTMLElement>('.plot');
    if (!place) return;
    const series = this.curves.map(({ label, color, fill }) => ({
      label,
      stroke: color,
      width: 1.75,
      points: { show: false },
      ...(fill ? { fill: `${color}22` } : {}),
    }));
    this.#plot = new uPlot(
      {
        width: Math.max(200, place.clientWidth),
        height,
        padding: [10, 8, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
        scales: {
          x: { time: true, range: timesShown },
          y: { range: (_plot, _from, to) => [0, to > 0 ? to * 1.15 : 1] },
        },
        series: [{}, ...series],
        axes: [
          { ...axis, size: 26, space: 70, values: (_plot, ticks) => ticks.map(clock) },
          { ...axis, size: 46, space: 32, values: (_plot, ticks) => ticks.map((tick) => this.format(tick).replace(texts.perSecond(''), '')) },
        ],
        hooks: { setCursor: [(plot) => this.#point(plot.cursor.idx ?? null)] },
      },
      this.data,
      place,
    );
    this.#sizes.observe(place);
  }

  #point(index: number | null): void {
    if (index === this.#under) return;
    this.#under = index;
    this.requestUpdate();
  }

  #fit(): void {
    const width = this.querySelector('.plot')?.clientWidth ?? 0;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height });
  }
}
customElements.define('console-chart', ConsoleChart);

/** The range of the time axis. uPlot passes null when there is no sample. */
function timesShown(_plot: uPlot, from: number | null, to: number | null): [number, number] {
  const end = to ?? serverTime() / 1_000;
  return [Math.min(from ?? end, end - leastSpanS), end];
}

function clock(seconds: number): string {
  const at = new Date(seconds * 1_000);
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
