// The renderer, and when it draws: once for each time that something changed, and on and on only
// while an animator says that it moves. A still world is drawn once and costs nothing then.
import {
  Color,
  DirectionalLight,
  Fog,
  HemisphereLight,
  PerspectiveCamera,
  Scene,
  WebGLRenderer,
} from 'three';
import { eyeOf, type View } from './camera';
import { styleColour } from './colours';

/** Moves something, and returns whether it wants another frame. Times are milliseconds. */
export type Animator = (now: number, passed: number) => boolean;

export class Stage {
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(45, 1, 0.1, 4000);
  frames = 0; // drawn so far
  onDrawn: () => void = () => {};
  onLost: (lost: boolean) => void = () => {};

  private readonly renderer: WebGLRenderer;
  private readonly animators: Animator[] = [];
  private readonly sky = new HemisphereLight(0xffffff, 0x888888, 2.1);
  private readonly sun = new DirectionalLight(0xffffff, 1.7);
  private scheduled = 0;
  private last = 0;

  /** Throws where there is no WebGL. */
  constructor(readonly canvas: HTMLCanvasElement) {
    this.renderer = new WebGLRenderer({
      canvas,
      antialias: true,
      powerPreference: 'high-performance',
      stencil: false,
    });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this.sun.position.set(-0.5, 1, 0.35);
    this.scene.add(this.sky, this.sun);
    this.restyle();
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement ?? canvas);
    this.resize();
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.onLost(true);
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.onLost(false);
      this.invalidate();
    });
  }

  /** Whether nothing is to be drawn. */
  get isAtRest(): boolean {
    return this.scheduled === 0;
  }
  get aspect(): number {
    return this.camera.aspect;
  }
  get drawCalls(): number {
    return this.renderer.info.render.calls;
  }
  get triangles(): number {
    return this.renderer.info.render.triangles;
  }

  animate(animator: Animator): void {
    this.animators.push(animator);
  }

  /** Something changed: draws soon, once. */
  invalidate(): void {
    if (this.scheduled) return;
    this.scheduled = requestAnimationFrame((now) => this.frame(now));
  }

  look(view: View, size: number): void {
    this.camera.position.set(...eyeOf(view));
    this.camera.lookAt(...view.target);
    this.camera.near = Math.max(0.05, view.distance / 200);
    this.camera.far = view.distance + size * 4 + 100;
    this.camera.updateProjectionMatrix();
    const fog = this.scene.fog as Fog;
    fog.near = view.distance + size * 1.2;
    fog.far = view.distance + size * 4;
  }

  /** Takes the colours of the present theme. */
  restyle(): void {
    const sky = styleColour('--sky');
    this.scene.background = sky;
    this.scene.fog = new Fog(sky, 10, 1000);
    this.sky.groundColor = new Color(styleColour('--ground')).multiplyScalar(0.7);
    this.invalidate();
  }

  private resize(): void {
    const box = (this.canvas.parentElement ?? this.canvas).getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return;
    this.renderer.setSize(box.width, box.height, false);
    this.camera.aspect = box.width / box.height;
    this.camera.updateProjectionMatrix();
    this.invalidate();
  }

  private frame(now: number): void {
    this.scheduled = 0;
    // After a pause the time that passed is not to be caught up with.
    const passed = Math.min(100, now - this.last);
    this.last = now;
    let isMoving = false;
    for (const animator of this.animators) isMoving = animator(now, passed) || isMoving;
    this.renderer.render(this.scene, this.camera);
    ++this.frames;
    this.onDrawn();
    if (isMoving) this.invalidate();
  }
}
