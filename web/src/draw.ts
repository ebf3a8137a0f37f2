// Small charts on canvases. What is written is in the document, not in the picture.
import type { Sample } from './series';

/** A canvas that is as sharp as the screen; null while it is not shown. */
export function penOf(
  canvas: HTMLCanvasElement,
): { pen: CanvasRenderingContext2D; width: number; height: number } | null {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const pen = canvas.getContext('2d');
  if (!pen || width < 2 || height < 2) return null;
  const ratio = Math.min(window.devicePixelRatio, 2);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#888';
}

/** A line over a soft area, between two ends of its axis; `mark` is a place on the axis. */
export function drawLine(
  canvas: HTMLCanvasElement,
  samples: Sample[],
  axis: [number, number],
  top: number,
  mark: number | null,
): void {
  const on = penOf(canvas);
  if (!on) return;
  const { pen, width, height } = on;
  const x = (at: number) => ((at - axis[0]) / Math.max(axis[1] - axis[0], 1e-9)) * width;
  const y = (value: number) => height - 1.5 - (value / Math.max(top, 1e-9)) * (height - 5);
  pen.strokeStyle = cssColour('--line');
  pen.lineWidth = 1;
  pen.beginPath();
  for (const share of [0, 0.5, 1]) {
    const line = Math.round(y(top * share)) + 0.5;
    pen.moveTo(0, line);
    pen.lineTo(width, line);
  }
  pen.stroke();
  if (samples.length > 0) {
    const line = new Path2D();
    samples.forEach((s, i) =>
      i === 0 ? line.moveTo(x(s.at), y(s.value)) : line.lineTo(x(s.at), y(s.value)),
    );
    const area = new Path2D(line);
    area.lineTo(x(samples[samples.length - 1].at), height);
    area.lineTo(x(samples[0].at), height);
    pen.fillStyle = cssColour('--series');
    pen.globalAlpha = 0.16;
    pen.fill(area);
    pen.globalAlpha = 1;
    pen.strokeStyle = cssColour('--series');
    pen.lineWidth = 1.75;
    pen.lineJoin = 'round';
    pen.stroke(line);
  }
  if (mark === null) return;
  pen.fillStyle = cssColour('--accent-strong');
  pen.fillRect(x(mark) - 1, 0, 2, height);
}

/** Bars side by side, each with its colour. */
export function drawBars(
  canvas: HTMLCanvasElement,
  counts: number[],
  colourOf: (i: number) => string,
): void {
  const on = penOf(canvas);
  if (!on) return;
  const { pen, width, height } = on;
  const top = Math.max(1, ...counts);
  const step = width / counts.length;
  pen.fillStyle = cssColour('--line');
  pen.fillRect(0, height - 1, width, 1);
  counts.forEach((count, i) => {
    if (count === 0) return;
    const tall = Math.max(2, (count / top) * (height - 4));
    pen.fillStyle = colourOf(i);
    pen.beginPath();
    pen.roundRect(i * step + 1.5, height - 1 - tall, Math.max(1, step - 3), tall, [3, 3, 0, 0]);
    pen.fill();
  });
}
