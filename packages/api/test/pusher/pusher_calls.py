"""Calls the api with Pusher's own library for Python. Reads {app_id, key, secret, port} and the calls as JSON on stdin; prints one result each."""
import json
import sys

import pusher

request = json.load(sys.stdin)
client = pusher.Pusher(app_id=request['app_id'], key=request['key'], secret=request['secret'], host='127.0.0.1', port=request['port'], ssl=False)
results = []
for method, arguments in request['calls']:
    try:
        results.append({'ok': getattr(client, method)(*arguments)})
    except Exception as error:
        results.append({'error': type(error).__name__, 'text': str(error)})
print(json.dumps(results))
