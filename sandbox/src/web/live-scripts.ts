/** What the pages do in a real browser. Text: it runs there, and protocol load never reads it. */

/**
 * The entry, as an application does that comes to life in the browser: on a private page it asks for the session and
 * sends strangers to the sign-in; else it asks the API who is signed in and shows name, address and a picture.
 */
export const hydration = `const root=document.documentElement;
const state=document.querySelector('#page-state');
const session=state===null?null:await (await fetch('/api/auth/get-session')).json();
if(state!==null&&session!==null){
const answer=await fetch('/api/rpc/user/me',{method:'POST',headers:{'content-type':'application/json'},body:'{"json":{}}'});
const {json}=await answer.json();
const picture=new Image(96,96);
picture.alt='';
picture.src='data:image/svg+xml,'+encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#468"/></svg>');
const name=document.createElement('p');
name.textContent=json===undefined?'No user':json.name+' '+json.email;
document.querySelector('header')?.append(picture,name);
}
root.dataset.hydrated='true';
if(state!==null&&session===null)location.replace('/auth/sign-in');
`;

/** The sign-in form sends JSON, as better-auth wants it, and opens the dashboard. */
export const signInForm = `document.querySelector('form')?.addEventListener('submit',async(event)=>{
event.preventDefault();
const fields=Object.fromEntries(new FormData(event.target));
const answer=await fetch(event.target.action,{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify(fields)});
if(answer.ok)location.assign('/');
});
`;
