"""Names by which staff know residents. Drawn by chance, so that no number can be computed back to one."""

import random

_COLOURS = (
    "Amber Azure Birch Blue Bright Brown Calm Cedar Clear Coral Copper Crimson Dawn Early Emerald Evening Fern Gentle"
    " Golden Grand Green Grey Harbor Hazel Honey Indigo Ivory Jade Jolly Kind Lake Late Lemon Light Lilac Linen Little"
    " Lively Lunar Maple Meadow Merry Mint Misty Morning Mossy Noble North Oak Ocean Olive Open Orange Pearl Pine Plum"
    " Prairie Quick Quiet Rain Red River Rosy Ruby Sandy Scarlet Sienna Silver Sky Slate Snowy Soft South Spring Stone"
    " Summer Sunny Swift Teal Tidal Topaz True Umber Velvet Violet Warm West White Wild Willow Winter Wise Woven Yellow"
).split()
_BIRDS = (
    "Avocet Bluebird Bunting Cardinal Catbird Chickadee Condor Coot Cormorant Crane Creeper Crossbill Curlew Dipper Dove"
    " Duck Dunlin Eagle Egret Falcon Finch Flicker Gannet Godwit Goldfinch Goose Grebe Grosbeak Grouse Gull Harrier Hawk"
    " Heron Hoopoe Hummingbird Ibis Jay Junco Kestrel Killdeer Kingbird Kingfisher Kinglet Kite Knot Lark Linnet Loon"
    " Magpie Mallard Martin Merlin Nightjar Nuthatch Oriole Osprey Ouzel Owl Parrot Pelican Petrel Phoebe Pigeon Pintail"
    " Pipit Plover Puffin Quail Rail Raven Redstart Robin Sanderling Sandpiper Shearwater Shrike Siskin Snipe Sparrow"
    " Starling Stork Swallow Swan Swift Tanager Teal Tern Thrasher Thrush Titmouse Towhee Turnstone Veery Vireo Warbler"
    " Waxwing Wren"
).split()


def new_handle(chance: random.Random) -> str:
    """Like "Blue Heron 4821"."""
    return f"{chance.choice(_COLOURS)} {chance.choice(_BIRDS)} {chance.randrange(1000, 10000)}"
