import asyncio, json, sys
from websockets import connect

async def main(url, token):
    async with connect(url, subprotocols=["amp.v1.json"]) as socket:
        say = lambda **message: socket.send(json.dumps(message))
        await say(type="join", name="python-counter", token=token,
                  capabilities=[{"text": "Counts the words of a text"}], threshold=0.2)
        async for line in socket:
            heard = json.loads(line)
            if heard["type"] == "broadcast":      # an offer, with how sure we are
                await say(type="capability_match", parent=heard["id"], confidence=0.8, offer="I count the words")
            elif heard["type"] == "award":        # a task: work, then the result
                words = len(str(heard.get("content", "")).split())
                await say(type="result", to=heard["from"], parent=heard["id"], task=heard["task"],
                          fencing=heard["fencing"], content={"words": words})

asyncio.run(main(*sys.argv[1:3]))
