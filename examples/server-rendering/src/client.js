// The script of the page: registers the elements that the server has rendered.
import '@danmux/sdk-elements';
