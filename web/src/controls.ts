// Mouse, pen and fingers on the canvas. Drag: around what is looked at; with the right button or
// Shift: over the ground; with the middle button or Alt: about the camera itself. Two fingers move,
// pinch and twist. What is neither dragged nor pinched is a tap.
import type { Rig } from './rig';

const TAP_SLACK = 6; // pixels that a finger may shake

interface Finger {
  x: number;
  y: number;
}

export interface Taps {
  tap(x: number, y: number, isTouch: boolean): void;
  doubleTap(x: number, y: number): void;
  hover(x: number, y: number): void;
  leave(): void;
}

type Grip = 'orbit' | 'move' | 'look';

function gripOf(event: PointerEvent): Grip {
  if (event.button === 1 || event.altKey) return 'look';
  return event.button === 2 || event.shiftKey ? 'move' : 'orbit';
}

export class Controls {
  private readonly fingers = new Map<number, Finger>();
  private grip: Grip = 'orbit';
  private travelled = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly rig: Rig,
    private readonly taps: Taps,
  ) {
    canvas.addEventListener('pointerdown', (e) => this.down(e));
    canvas.addEventListener('pointermove', (e) => this.moved(e));
    canvas.addEventListener('pointerup', (e) => this.up(e, true));
    canvas.addEventListener('pointercancel', (e) => this.up(e, false));
    canvas.addEventListener('pointerleave', () => this.taps.leave());
    canvas.addEventListener('dblclick', (e) => this.taps.doubleTap(e.offsetX, e.offsetY));
    canvas.addEventListener('contextmenu', (e) => e.preventDefault());
    canvas.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
  }

  private down(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    if (this.fingers.size === 0) this.travelled = 0;
    this.fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.grip = gripOf(event);
    if (event.button === 1) event.preventDefault();
  }

  private moved(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId);
    if (!finger) {
      if (event.pointerType !== 'touch') this.taps.hover(event.offsetX, event.offsetY);
      return;
    }
    const dx = event.offsetX - finger.x;
    const dy = event.offsetY - finger.y;
    this.travelled += Math.hypot(dx, dy);
    const others = [...this.fingers.entries()].filter(([id]) => id !== event.pointerId);
    if (others.length > 0) this.pinch(finger, others[0][1], event.offsetX, event.offsetY);
    else if (this.travelled > TAP_SLACK) this.drag(dx, dy);
    finger.x = event.offsetX;
    finger.y = event.offsetY;
  }

  private drag(dx: number, dy: number): void {
    const height = Math.max(this.canvas.clientHeight, 1);
    if (this.grip === 'move') {
      const metres = this.metresPerPixel();
      this.rig.move(-dx * metres, dy * metres * 1.4);
    } else if (this.grip === 'look') {
      this.rig.lookAbout((dx / height) * 0.18, (-dy / height) * 0.18);
    } else {
      this.rig.orbit((-dx / height) * 0.4, (dy / height) * 0.3);
    }
  }

  private pinch(finger: Finger, other: Finger, x: number, y: number): void {
    const before = Math.hypot(finger.x - other.x, finger.y - other.y);
    const after = Math.hypot(x - other.x, y - other.y);
    if (before > 5 && after > 5) this.rig.zoom(before / after);
    const turned =
      Math.atan2(y - other.y, x - other.x) - Math.atan2(finger.y - other.y, finger.x - other.x);
    const turns = turned / (Math.PI * 2);
    this.rig.orbit(turns - Math.round(turns), 0);
    const metres = this.metresPerPixel();
    this.rig.move(((finger.x - x) / 2) * metres, ((y - finger.y) / 2) * metres * 1.4);
  }

  private up(event: PointerEvent, isReal: boolean): void {
    const wasAlone = this.fingers.size === 1;
    if (!this.fingers.delete(event.pointerId)) return;
    if (isReal && wasAlone && this.travelled <= TAP_SLACK && event.button === 0)
      this.taps.tap(event.offsetX, event.offsetY, event.pointerType === 'touch');
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    const turn = Math.max(-240, Math.min(240, event.deltaY * lines));
    this.rig.zoom(Math.exp(turn * 0.0016));
  }

  private metresPerPixel(): number {
    return (this.rig.view.distance * 0.83) / Math.max(this.canvas.clientHeight, 1);
  }
}
