// The instances of one shape: a draw call for each of its parts, however many there are. Places
// are dense: the last one takes the place of one that goes.
import {
  Color,
  DoubleSide,
  DynamicDrawUsage,
  FrontSide,
  InstancedBufferAttribute,
  InstancedMesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  type Scene,
} from 'three';
import { styleColour } from './colours';
import type { Part } from './shapes';

/** Scales a figure about its foot when it is compiled: bots are drawn larger from afar. */
function magnifiable(material: MeshLambertMaterial | MeshBasicMaterial, by: { value: number }) {
  material.onBeforeCompile = (shader) => {
    shader.uniforms.magnify = by;
    shader.vertexShader = shader.vertexShader
      .replace('#include <common>', '#include <common>\nuniform float magnify;')
      .replace('#include <begin_vertex>', '#include <begin_vertex>\ntransformed *= magnify;');
  };
}

export class Figures {
  count = 0;
  private meshes: InstancedMesh[] = [];
  private matrices = new InstancedBufferAttribute(new Float32Array(0), 16);
  private capacity = 0;

  constructor(
    private readonly scene: Scene,
    private readonly parts: Part[],
    private readonly magnify: { value: number },
  ) {}

  /** The index of a new one. */
  add(): number {
    if (this.count === this.capacity) this.grow();
    const index = this.count++;
    this.setCounts();
    return index;
  }

  /** The last one takes its place; the caller tells whoever that is. */
  remove(index: number): void {
    const last = --this.count;
    if (index !== last) {
      this.matrices.array.copyWithin(index * 16, last * 16, last * 16 + 16);
      for (const mesh of this.meshes)
        mesh.instanceColor?.array.copyWithin(index * 3, last * 3, last * 3 + 3);
      this.touch();
      this.touchColours();
    }
    this.setCounts();
  }

  place(
    index: number,
    x: number,
    y: number,
    z: number,
    heading: number,
    width: number,
    height: number,
    depth: number,
  ): void {
    // A rotation about y and a scale, written out: this is done for thousands a frame.
    const c = Math.cos(heading);
    const s = Math.sin(heading);
    const a = this.matrices.array;
    const at = index * 16;
    a[at] = c * width;
    a[at + 1] = 0;
    a[at + 2] = s * width;
    a[at + 3] = 0;
    a[at + 4] = 0;
    a[at + 5] = height;
    a[at + 6] = 0;
    a[at + 7] = 0;
    a[at + 8] = -s * depth;
    a[at + 9] = 0;
    a[at + 10] = c * depth;
    a[at + 11] = 0;
    a[at + 12] = x;
    a[at + 13] = y;
    a[at + 14] = z;
    a[at + 15] = 1;
    this.touch();
  }

  /** The colour of all parts of one sort. */
  paint(index: number, sort: Part['colour'], colour: Color): void {
    this.parts.forEach((part, i) => {
      if (part.colour !== sort) return;
      this.meshes[i].setColorAt(index, colour);
      const colours = this.meshes[i].instanceColor;
      if (colours) colours.needsUpdate = true;
    });
  }

  dispose(): void {
    for (const mesh of this.meshes) {
      this.scene.remove(mesh);
      mesh.dispose();
      (mesh.material as MeshLambertMaterial).dispose();
    }
    for (const part of this.parts) part.geometry.dispose();
    this.meshes = [];
  }

  private touch(): void {
    this.matrices.needsUpdate = true;
  }

  private touchColours(): void {
    for (const mesh of this.meshes) if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
  }

  private setCounts(): void {
    for (const mesh of this.meshes) mesh.count = this.count;
  }

  private grow(): void {
    this.capacity = Math.max(16, this.capacity * 2);
    const old = this.matrices.array as Float32Array;
    const fresh = new Float32Array(this.capacity * 16);
    fresh.set(old);
    this.matrices = new InstancedBufferAttribute(fresh, 16);
    this.matrices.setUsage(DynamicDrawUsage);
    const before = this.meshes;
    this.meshes = this.parts.map((part, i) => this.make(part, before[i]));
    for (const mesh of before) {
      this.scene.remove(mesh);
      mesh.dispose();
    }
  }

  private make(part: Part, before: InstancedMesh | undefined): InstancedMesh {
    const material = before?.material ?? this.material(part);
    const mesh = new InstancedMesh(part.geometry, material, 0);
    mesh.instanceMatrix = this.matrices;
    mesh.count = this.count;
    mesh.frustumCulled = false; // they are all over the world
    if (part.colour !== 'shadow' && part.colour !== 'water') {
      const colours = new Float32Array(this.capacity * 3).fill(1);
      if (before?.instanceColor) colours.set(before.instanceColor.array);
      mesh.instanceColor = new InstancedBufferAttribute(colours, 3);
    }
    if (part.colour === 'shadow') mesh.renderOrder = -1;
    this.scene.add(mesh);
    return mesh;
  }

  private material(part: Part): MeshLambertMaterial | MeshBasicMaterial {
    const material =
      part.colour === 'shadow'
        ? new MeshBasicMaterial({
            color: styleColour('--shadow'),
            transparent: true,
            opacity: 0.22,
            depthWrite: false,
          })
        : new MeshLambertMaterial({
            color: part.colour === 'water' ? '#3b9be0' : '#ffffff',
            side: part.colour === 'kind' ? DoubleSide : FrontSide,
          });
    magnifiable(material, this.magnify);
    return material;
  }
}
