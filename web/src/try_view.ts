// The world in three dimensions where the browser can draw it, and a plain sentence where not.
import { byId, setHidden, setText } from './dom';
import { View3d } from './view3d';

function say(text: string): void {
  setText(byId('no-webgl'), text);
  setHidden(byId('no-webgl'), text === '');
}

/** `isSolid` says of a kind what its plugin says, once that is known. */
export function tryView(isSolid: (kind: string) => boolean | undefined): View3d | null {
  try {
    const view = new View3d(byId<HTMLCanvasElement>('canvas'), byId('labels'));
    view.stage.onLost = (isLost) =>
      say(isLost ? 'The picture was lost; it comes back by itself.' : '');
    view.bodies.solid = (kind) => isSolid(kind) ?? true;
    return view;
  } catch {
    say(
      'This browser cannot draw in three dimensions (WebGL is off or missing). ' +
        'The things, the charts and the timeline work all the same.',
    );
    setHidden(byId('legend'), true);
    byId('scene').classList.add('is-flat');
    return null;
  }
}
