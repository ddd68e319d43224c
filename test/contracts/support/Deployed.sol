// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Channels} from "../../../contracts/Channels.sol";
import {DisputeGame} from "../../../contracts/DisputeGame.sol";
import {Epochs} from "../../../contracts/Epochs.sol";
import {Equivocation} from "../../../contracts/Equivocation.sol";
import {InferenceMarket} from "../../../contracts/InferenceMarket.sol";
import {InputRequests} from "../../../contracts/InputRequests.sol";
import {Base} from "./Base.sol";

/// @notice The whole protocol, with the toy machine as judge of both games.
abstract contract Deployed is Base {
    InferenceMarket internal market;
    DisputeGame internal game;
    Channels internal channels;
    DisputeGame internal receiptGame;
    Epochs internal epochs;
    InputRequests internal inputRequests;
    Equivocation internal equivocation;

    function setUp() public virtual override {
        deployBase();
        deployRest();
        welcome();
    }

    function deployRest() internal {
        market = new InferenceMarket(vault, registry, parameters, guardian(), auditPool());
        game = new DisputeGame(vault, market, parameters, verifier);
        channels = new Channels(vault, registry, parameters, guardian(), auditPool());
        receiptGame = new DisputeGame(vault, channels, parameters, verifier);
        epochs = new Epochs(vault, channels, parameters);
        inputRequests = new InputRequests(vault, registry, parameters, market, channels);
        equivocation = new Equivocation(market, channels);

        address[] memory modules = new address[](7);
        (modules[0], modules[1], modules[2]) = (address(market), address(game), address(channels));
        (modules[3], modules[4]) = (address(receiptGame), address(epochs));
        (modules[5], modules[6]) = (address(inputRequests), address(registry));
        vault.setModules(modules);
        market.setModules(address(game), address(inputRequests), address(equivocation), address(0));
        channels.setModules(
            address(receiptGame),
            address(inputRequests),
            address(equivocation),
            address(epochs)
        );
    }

    function guardian() internal view virtual returns (address) {
        return address(0);
    }

    function auditPool() internal pure virtual returns (address) {
        return address(0);
    }
}
